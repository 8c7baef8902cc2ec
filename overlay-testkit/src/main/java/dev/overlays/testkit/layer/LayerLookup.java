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
  private final MarkReading marks;
  private final LayerStack onTheWay = new LayerStack();
  private final List<FoundEntry> entries = new ArrayList<>();
  private RedirectPath way;
  private boolean directory;
  private boolean metacopy;
  private boolean stop;
  private int bottom;

  LayerLookup(MarkReading marks, Name name) {
    this.marks = marks;
    way = RedirectPath.of(name);
  }

  /** Searches a merged directory, beginning with one of its layers. */
  void in(LayerStack parent, int from, LayerStack roots) throws IOException {
    LayerStack stack = parent;
    bottom = roots.parts().size() - 1;
    for (int i = from; !stop && i < stack.parts().size(); i++) {
      LayerStack.StackPart part = stack.parts().get(i);
      Optional<FoundEntry> found = find(part);
      found.ifPresent(entries::add);
      if (found.isPresent() && way.fromRoot() && stack != roots) {
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
  private Optional<FoundEntry> find(LayerStack.StackPart part) throws IOException {
    LayerDirectory base = part.directory();
    RedirectPath here = way;
    // A redirect replaces the names up to it, never the number of names after it.
    for (int left = here.names().size() - 1; left >= 0; left--) {
      Name name = here.names().get(here.names().size() - 1 - left);
      Optional<FoundEntry> found = FoundEntry.in(part.layer(), base, name);
      if (found.isEmpty() || !joins(found.get(), left)) {
        return Optional.empty();
      }
      if (left == 0) {
        return found;
      }
      base = base.open(name);
      onTheWay.add(part.layer(), base);
    }
    throw new IllegalStateException("a way without names");
  }

  /**
   * Takes an entry on the path into account; false if the search of this layer ends without a
   * result.
   */
  private boolean joins(FoundEntry entry, int left) throws IOException {
    boolean last = left == 0;
    boolean isDirectory = entry.stat().isDirectory();
    if (marks.isWhiteout(entry)
        || (last && metacopy && entry.stat().type() != EntryType.FILE)
        || (!isDirectory && (directory || !last))) {
      stop = true;
      return false;
    }
    boolean open;
    if (isDirectory) {
      directory |= last;
      open = !marks.isOpaque(entry);
      stop |= !open;
    } else {
      metacopy = marks.isMetacopy(entry);
      open = metacopy;
      stop = !open;
    }
    // The kernel ignores the redirect of a directory in the lowest layer.
    if (open && !(isDirectory && entry.layer() == bottom)) {
      marks.redirect(entry).ifPresent(redirect -> redirect(redirect, left));
    }
    return true;
  }

  private void redirect(RedirectPath redirect, int left) {
    way = way.redirected(way.names().size() - 1 - left, redirect);
    // An absolute redirect leads out of opaque directories on the path.
    stop &= !redirect.fromRoot();
  }

  /** Returns the entries, top-most first; none if the view shows nothing. */
  List<FoundEntry> entries() {
    return entries;
  }

  /** Tells whether a metacopy file was found, but not its data. */
  boolean isDataMissing() {
    return metacopy;
  }

  /** Opens the directories that were found, which the view merges into one. */
  LayerStack open() throws IOException {
    LayerStack stack = new LayerStack();
    try {
      for (FoundEntry found : entries) {
        stack.add(found.layer(), found.directory().open(found.name()));
      }
      return stack;
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    onTheWay.close();
  }
}
