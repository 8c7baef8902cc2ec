package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Searches the layers for one name in a merged directory, and finds every entry that contributes to
 * what the view shows there. Follows the kernel's {@code ovl_lookup()} in fs/overlayfs/namei.c,
 * including its special cases. Close it when its entries are not needed any more.
 */
final class LayerLookup implements Closeable {
  private final MarkInterpretation marks;
  private final LayerStack openedDirectories = new LayerStack();
  private final List<FoundEntry> foundEntries = new ArrayList<>();
  private RedirectPath path;
  private boolean hasDirectory;
  private boolean awaitsData;
  private boolean isFinished;
  private int bottomLayer;

  LayerLookup(MarkInterpretation marks, Name name) {
    this.marks = marks;
    path = RedirectPath.of(name);
  }

  /** Searches a merged directory, beginning with one of its layers. */
  void searchLayers(LayerStack parent, int from, LayerStack roots) throws IOException {
    LayerStack stack = parent;
    bottomLayer = roots.stackedDirectories().size() - 1;
    for (int i = from; !isFinished && i < stack.stackedDirectories().size(); i++) {
      LayerStack.StackedDirectory part = stack.stackedDirectories().get(i);
      Optional<FoundEntry> found = findInLayer(part);
      found.ifPresent(foundEntries::add);
      if (found.isPresent() && path.fromRoot() && stack != roots) {
        // The stack of roots has every layer, so the search goes on in the layer below.
        stack = roots;
        i = part.layer();
      }
    }
  }

  /**
   * Finds the entry in one layer. A redirect changes the path for the layers below, not for this
   * one.
   */
  private Optional<FoundEntry> findInLayer(LayerStack.StackedDirectory part) throws IOException {
    LayerDirectory base = part.directory();
    RedirectPath here = path;
    // A redirect replaces the names up to it, never the number of names after it.
    for (int left = here.names().size() - 1; left >= 0; left--) {
      Name name = here.names().get(here.names().size() - 1 - left);
      Optional<FoundEntry> found = FoundEntry.findIn(part.layer(), base, name);
      if (found.isEmpty() || !admitEntry(found.get(), left)) {
        return Optional.empty();
      }
      if (left == 0) {
        return found;
      }
      base = base.open(name);
      openedDirectories.addDirectory(part.layer(), base);
    }
    throw new IllegalStateException("a way without names");
  }

  /**
   * Takes an entry on the path into account; false if the search of this layer ends without a
   * result.
   */
  private boolean admitEntry(FoundEntry entry, int left) throws IOException {
    boolean last = left == 0;
    boolean isDirectory = entry.stat().isDirectory();
    if (marks.isWhiteout(entry)
        || (last && awaitsData && entry.stat().type() != EntryType.FILE)
        || (!isDirectory && (hasDirectory || !last))) {
      isFinished = true;
      return false;
    }
    boolean open;
    if (isDirectory) {
      hasDirectory |= last;
      open = !marks.isOpaque(entry);
      isFinished |= !open;
    } else {
      awaitsData = marks.isMetacopy(entry);
      open = awaitsData;
      isFinished = !open;
    }
    // The kernel ignores the redirect of a directory in the lowest layer.
    if (open && !(isDirectory && entry.layer() == bottomLayer)) {
      marks.redirectOf(entry).ifPresent(redirect -> followRedirect(redirect, left));
    }
    return true;
  }

  private void followRedirect(RedirectPath redirect, int left) {
    path = path.redirectedAt(path.names().size() - 1 - left, redirect);
    // An absolute redirect leads out of opaque directories on the path.
    isFinished &= !redirect.fromRoot();
  }

  /** Returns the entries, top-most first; none if the view shows nothing. */
  List<FoundEntry> foundEntries() {
    return foundEntries;
  }

  /** Tells whether a metacopy file was found, but not its data. */
  boolean isDataMissing() {
    return awaitsData;
  }

  /** Opens the directories that were found, which the view merges into one. */
  LayerStack openDirectories() throws IOException {
    LayerStack stack = new LayerStack();
    try {
      for (FoundEntry found : foundEntries) {
        stack.addDirectory(found.layer(), found.directory().open(found.name()));
      }
      return stack;
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    openedDirectories.close();
  }
}
