package dev.overlays.lookup;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What some layers show as one directory: the directories that are merged into it, top-most first.
 * If there are none, it is empty.
 */
public final class MergedDirectory implements Closeable {
  private final LayerRoots roots;
  private final List<MergedPart> parts;
  private final int firstLayer;
  private final boolean borrowed;

  private MergedDirectory(
      LayerRoots roots, List<MergedPart> parts, int firstLayer, boolean borrowed) {
    this.roots = roots;
    this.parts = parts;
    this.firstLayer = firstLayer;
    this.borrowed = borrowed;
  }

  static MergedDirectory mergeRoots(LayerRoots roots, int firstLayer) {
    List<MergedPart> parts = new ArrayList<>();
    for (int i = firstLayer; i < roots.namedRoots().size(); i++) {
      parts.add(new MergedPart(i, roots.namedRoots().get(i)));
    }
    return new MergedDirectory(roots, parts, firstLayer, true);
  }

  /**
   * Returns an empty directory that is in no layer.
   *
   * @param roots where redirects of the layer above are followed nevertheless
   * @return a directory that needs no closing
   */
  public static MergedDirectory emptyDirectory(LayerRoots roots) {
    return new MergedDirectory(roots, List.of(), 0, true);
  }

  /**
   * Returns an empty directory that is in none of these layers.
   *
   * @return a directory that needs no closing
   */
  public MergedDirectory emptyDirectory() {
    return new MergedDirectory(roots, List.of(), firstLayer, true);
  }

  /**
   * An entry that the layers show.
   *
   * @param layer the number of its layer, 0 for the top-most
   * @param directory the directory that it is in
   * @param name its name
   * @param stat what it is
   */
  public record ShownEntry(int layer, LayerDirectory directory, Name name, EntryStat stat) {}

  /**
   * Tells whether no layer has this directory, so that it is empty.
   *
   * @return whether no directories are merged into it
   */
  public boolean isInNoLayer() {
    return parts.isEmpty();
  }

  /**
   * Returns the directories that are merged.
   *
   * @return open directories that belong to this, top-most first
   */
  public List<LayerDirectory> mergedDirectories() {
    return parts.stream().map(MergedPart::directory).toList();
  }

  private NoSuchFileException goneMeanwhile() {
    return new NoSuchFileException(
        firstLayer < roots.namedRoots().size()
            ? roots.namedRoots().get(firstLayer).toString()
            : null,
        null,
        "a directory in it was removed or replaced while it was being read");
  }

  /**
   * Returns the directory whose attributes are shown.
   *
   * @return the top-most of the merged directories, as an entry
   * @throws IOException if its attributes cannot be read, or if all have been removed meanwhile
   */
  public ShownEntry topEntry() throws IOException {
    if (parts.isEmpty()) {
      throw goneMeanwhile();
    }
    MergedPart part = parts.get(0);
    EntryStat stat = LayerEntries.requireStat(part.directory(), Name.SELF);
    return new ShownEntry(part.layer(), part.directory(), Name.SELF, stat);
  }

  /**
   * Finds the entry that is shown under a name.
   *
   * @param name the name
   * @return the entry of the top-most layer that has one; empty if there is none, or if it is a
   *     whiteout
   * @throws IOException if a layer cannot be read
   */
  public Optional<ShownEntry> findShown(Name name) throws IOException {
    for (MergedPart part : parts) {
      Optional<EntryStat> stat = part.directory().stat(name);
      if (stat.isPresent()) {
        return LayerEntries.isWhiteout(part.directory(), name, stat.get(), roots.markNamespace())
            ? Optional.empty()
            : Optional.of(new ShownEntry(part.layer(), part.directory(), name, stat.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * Opens the directories that are merged under a name.
   *
   * @param name the name
   * @return a new directory; empty if no directory is shown under the name
   * @throws IOException if a layer cannot be read
   */
  public MergedDirectory openMerged(Name name) throws IOException {
    return openMerged(new RedirectTarget(false, List.of(name)));
  }

  /**
   * Opens the directories that are merged below a directory with a redirect in a layer above.
   *
   * @param redirect where the directory is in these layers
   * @return a new directory; empty if there is none
   * @throws IOException if a layer cannot be read
   */
  public MergedDirectory openMerged(RedirectTarget redirect) throws IOException {
    MergedDirectory inner = new MergedDirectory(roots, new ArrayList<>(), firstLayer, false);
    try {
      new LayerSearch(
              roots,
              redirect,
              (layer, directory, entry, stat) -> {
                if (stat.isDirectory()) {
                  inner.parts.add(new MergedPart(layer, directory.open(entry)));
                }
              })
          .searchLayers(parts, firstLayer);
      return inner;
    } catch (IOException | RuntimeException e) {
      HandleGroup.closeAfter(inner, e);
      throw e;
    }
  }

  /**
   * Opens the directories that are merged below a directory of the layer above, as its marks say.
   *
   * @param above the directory that it is in
   * @param name its name
   * @return a new directory; empty if the one above is opaque
   * @throws IOException if a layer cannot be read
   */
  public MergedDirectory below(LayerDirectory above, Name name) throws IOException {
    if (!roots.hasLayers(firstLayer) || LayerEntries.isOpaque(above, name, roots.markNamespace())) {
      return emptyDirectory();
    }
    Optional<RedirectTarget> redirect = RedirectTarget.readMark(above, name, roots.markNamespace());
    return redirect.isPresent() ? openMerged(redirect.get()) : openMerged(name);
  }

  /**
   * Finds the data of a metacopy file of the layer above.
   *
   * @param above the directory that the file is in
   * @param name its name
   * @return the file that has the data, to be closed; empty if there is none
   * @throws IOException if a layer cannot be read
   */
  public Optional<DataFile> findData(LayerDirectory above, Name name) throws IOException {
    return findData(dataStart(above, name));
  }

  private RedirectTarget dataStart(LayerDirectory above, Name name) throws IOException {
    return RedirectTarget.readMark(above, name, roots.markNamespace())
        .orElse(new RedirectTarget(false, List.of(name)));
  }

  /**
   * Finds the data of a file that is shown here and may be a metacopy itself.
   *
   * @param name its name
   * @return the file that has the data, to be closed; empty if there is none
   * @throws IOException if a layer cannot be read
   */
  public Optional<DataFile> findData(Name name) throws IOException {
    return findData(new RedirectTarget(false, List.of(name)));
  }

  /**
   * Finds the data of a file by a path.
   *
   * @param start the path
   * @return the file that has the data, to be closed; empty if there is none
   * @throws IOException if a layer cannot be read
   */
  public Optional<DataFile> findData(RedirectTarget start) throws IOException {
    LayerSearch search = new LayerSearch(roots, start);
    search.searchLayers(parts, firstLayer);
    return search.dataFile();
  }

  /**
   * Passes on the data of a metacopy file of the layer above.
   *
   * @param above the directory that the file is in
   * @param name its name
   * @param data called once with the file that has the data
   * @return whether there is one
   * @throws IOException if a layer cannot be read, or what {@code data} throws
   */
  public boolean findData(LayerDirectory above, Name name, LookupVisitor data) throws IOException {
    return findData(dataStart(above, name), data);
  }

  /**
   * Passes on the data of a file that is shown here and may be a metacopy itself.
   *
   * @param name its name
   * @param data called once with the file that has the data
   * @return whether there is one
   * @throws IOException if a layer cannot be read, or what {@code data} throws
   */
  public boolean findData(Name name, LookupVisitor data) throws IOException {
    return findData(new RedirectTarget(false, List.of(name)), data);
  }

  /**
   * Passes on the data of a file by a path.
   *
   * @param start the path
   * @param data called once with the file that has the data
   * @return whether there is one
   * @throws IOException if a layer cannot be read, or what {@code data} throws
   */
  public boolean findData(RedirectTarget start, LookupVisitor data) throws IOException {
    Optional<DataFile> found = findData(start);
    if (found.isPresent()) {
      try (DataFile file = found.get()) {
        data.visitFound(file.layer(), file.directory(), file.name(), file.stat());
      }
    }
    return found.isPresent();
  }

  /** Called for each entry that is shown. */
  @FunctionalInterface
  public interface ShownVisitor {
    /**
     * Called for one entry.
     *
     * @param shown the entry
     * @throws IOException to end the listing
     */
    void visitShown(ShownEntry shown) throws IOException;
  }

  /**
   * Visits all entries that are shown, each name once.
   *
   * @param visitor called for each entry; may change the layers
   * @throws IOException if a layer cannot be read, or what the visitor throws
   */
  public void forEachShown(ShownVisitor visitor) throws IOException {
    ShownCursor cursor = shownEntries();
    for (ShownEntry shown = cursor.nextShown(); shown != null; shown = cursor.nextShown()) {
      visitor.visitShown(shown);
    }
  }

  /** Iterates over all entries that are shown, each name once. */
  @FunctionalInterface
  public interface ShownCursor {
    /**
     * Returns the next entry.
     *
     * @return the entry; null at the end
     * @throws IOException if a layer cannot be read
     */
    ShownEntry nextShown() throws IOException;
  }

  /**
   * Returns a cursor at the first entry. It ends the cursor that was returned before. The layers
   * may be changed meanwhile.
   *
   * @return the cursor
   */
  public ShownCursor shownEntries() {
    return new ShownCursor() {
      private int index = -1;
      private EntryCursor entries = () -> null;

      @Override
      public ShownEntry nextShown() throws IOException {
        while (true) {
          LayerEntry entry = entries.next();
          if (entry != null) {
            Optional<ShownEntry> shown = shownIn(index, entry.name());
            if (shown.isPresent()) {
              return shown.get();
            }
          } else if (++index < parts.size()) {
            entries = parts.get(index).directory().entries();
          } else {
            index = parts.size();
            return null;
          }
        }
      }
    };
  }

  /** Returns what one of the layers shows under a name that it has; empty if the name is hidden. */
  private Optional<ShownEntry> shownIn(int index, Name name) throws IOException {
    LayerDirectory directory = parts.get(index).directory();
    Optional<EntryStat> stat =
        isInLayerAbove(index, name) ? Optional.empty() : directory.stat(name);
    return stat.isPresent()
            && !LayerEntries.isWhiteout(directory, name, stat.get(), roots.markNamespace())
        ? Optional.of(new ShownEntry(parts.get(index).layer(), directory, name, stat.get()))
        : Optional.empty();
  }

  /**
   * Tells whether a layer above has the name, even as a whiteout. Asking takes no memory for a list
   * of names.
   */
  private boolean isInLayerAbove(int index, Name name) throws IOException {
    for (int i = 0; i < index; i++) {
      if (parts.get(i).directory().stat(name).isPresent()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    if (!borrowed) {
      HandleGroup.closeAll(parts);
    }
  }
}
