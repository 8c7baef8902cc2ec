package dev.overlays.lookup;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What some layers show as one directory: the directories of each that are merged into it, top-most
 * first. There may be none, and then nothing is in it.
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

  static MergedDirectory roots(LayerRoots roots, int firstLayer) {
    List<MergedPart> parts = new ArrayList<>();
    for (int i = firstLayer; i < roots.named().size(); i++) {
      parts.add(new MergedPart(i, roots.named().get(i)));
    }
    return new MergedDirectory(roots, parts, firstLayer, true);
  }

  /**
   * Returns a directory that no layer has.
   *
   * @param roots where redirects of the layer above are looked for all the same
   * @return a directory that needs no closing
   */
  public static MergedDirectory nothing(LayerRoots roots) {
    return new MergedDirectory(roots, List.of(), 0, true);
  }

  /**
   * Returns a directory that is in none of these layers.
   *
   * @return a directory that needs no closing
   */
  public MergedDirectory nothing() {
    return new MergedDirectory(roots, List.of(), firstLayer, true);
  }

  /**
   * An entry that is shown.
   *
   * @param layer the number of its layer, 0 for the top-most
   * @param directory the directory that it is in
   * @param name its name
   * @param stat what it is
   */
  public record ShownEntry(int layer, LayerDirectory directory, Name name, EntryStat stat) {}

  /**
   * Tells whether no layer has this directory, so that nothing can be in it.
   *
   * @return whether there are no parts
   */
  public boolean isNothing() {
    return parts.isEmpty();
  }

  /**
   * Returns the directories that are merged.
   *
   * @return open directories that belong to this, top-most first
   */
  public List<LayerDirectory> directories() {
    return parts.stream().map(MergedPart::directory).toList();
  }

  private NoSuchFileException goneMeanwhile() {
    return new NoSuchFileException(
        firstLayer < roots.named().size() ? roots.named().get(firstLayer).toString() : null,
        null,
        "a directory in it has been removed or exchanged while it was read");
  }

  /**
   * Returns the directory whose attributes are shown.
   *
   * @return the top-most of those that are merged, as an entry of its own
   * @throws IOException if it cannot be told what it is, or all have been removed meanwhile
   */
  public ShownEntry top() throws IOException {
    if (parts.isEmpty()) {
      throw goneMeanwhile();
    }
    MergedPart part = parts.get(0);
    EntryStat stat = LayerEntries.present(part.directory(), Name.SELF);
    return new ShownEntry(part.layer(), part.directory(), Name.SELF, stat);
  }

  /**
   * Looks for what is shown under a name.
   *
   * @param name the name
   * @return the entry of the top-most layer that has one; empty if there is none or a whiteout
   * @throws IOException if a layer cannot be read
   */
  public Optional<ShownEntry> find(Name name) throws IOException {
    for (MergedPart part : parts) {
      Optional<EntryStat> stat = part.directory().stat(name);
      if (stat.isPresent()) {
        return LayerEntries.isWhiteout(part.directory(), name, stat.get(), roots.marks())
            ? Optional.empty()
            : Optional.of(new ShownEntry(part.layer(), part.directory(), name, stat.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * Opens what is merged into the directory of a name.
   *
   * @param name the name
   * @return a new directory, with no parts if none is shown under the name
   * @throws IOException if a layer cannot be read
   */
  public MergedDirectory open(Name name) throws IOException {
    return open(new RedirectTarget(false, List.of(name)));
  }

  /**
   * Opens what is merged into a directory that has a redirect in a layer above.
   *
   * @param redirect where the directory is here
   * @return a new directory, with no parts if there is none
   * @throws IOException if a layer cannot be read
   */
  public MergedDirectory open(RedirectTarget redirect) throws IOException {
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
          .run(parts, firstLayer);
      return inner;
    } catch (IOException | RuntimeException e) {
      HandleGroup.close(inner, e);
      throw e;
    }
  }

  /**
   * Opens what is merged below a directory of the layer above, as its marks say.
   *
   * @param above the directory that it is in
   * @param name its name
   * @return a new directory; with no parts if it is opaque
   * @throws IOException if a layer cannot be read
   */
  public MergedDirectory below(LayerDirectory above, Name name) throws IOException {
    if (!roots.hasLayers(firstLayer) || LayerEntries.isOpaque(above, name, roots.marks())) {
      return nothing();
    }
    Optional<RedirectTarget> redirect = RedirectTarget.of(above, name, roots.marks());
    return redirect.isPresent() ? open(redirect.get()) : open(name);
  }

  /**
   * Looks for the data of a metacopy file of the layer above.
   *
   * @param above the directory that the file is in
   * @param name its name
   * @param data called once with the file that has the data
   * @return whether there is one
   * @throws IOException if a layer cannot be read, or what {@code data} throws
   */
  public boolean data(LayerDirectory above, Name name, LookupVisitor data) throws IOException {
    return data(
        RedirectTarget.of(above, name, roots.marks())
            .orElse(new RedirectTarget(false, List.of(name))),
        data);
  }

  /**
   * Looks for the data of a file that is shown here and may be a metacopy itself.
   *
   * @param name its name
   * @param data called once with the file that has the data
   * @return whether there is one
   * @throws IOException if a layer cannot be read, or what {@code data} throws
   */
  public boolean data(Name name, LookupVisitor data) throws IOException {
    return data(new RedirectTarget(false, List.of(name)), data);
  }

  /**
   * Looks for the data of a file by a path from the root.
   *
   * @param start the path
   * @param data called once with the file that has the data
   * @return whether there is one
   * @throws IOException if a layer cannot be read, or what {@code data} throws
   */
  public boolean data(RedirectTarget start, LookupVisitor data) throws IOException {
    boolean[] found = {false};
    String metacopy = Mark.METACOPY.xattr(roots.marks());
    new LayerSearch(
            roots,
            start,
            (layer, directory, entry, stat) -> {
              boolean dataOnly = layer >= roots.named().size();
              if (stat.type() == EntryType.FILE
                  && (dataOnly || directory.xattr(entry, metacopy).isEmpty())) {
                data.found(layer, directory, entry, stat);
                found[0] = true;
              }
            })
        .run(parts, firstLayer);
    return found[0];
  }

  /** Hears of each name that is shown. */
  @FunctionalInterface
  public interface NameVisitor {
    /**
     * Called for one entry.
     *
     * @param shown what is shown
     * @throws IOException what ends the listing
     */
    void visit(ShownEntry shown) throws IOException;
  }

  /**
   * Goes through everything that is shown, each name once.
   *
   * @param visitor hears of it; may change the layers
   * @throws IOException if a layer cannot be read, or what the visitor throws
   */
  public void forEach(NameVisitor visitor) throws IOException {
    ShownCursor cursor = entries();
    for (ShownEntry shown = cursor.next(); shown != null; shown = cursor.next()) {
      visitor.visit(shown);
    }
  }

  /** Goes through everything that is shown, each name once. */
  @FunctionalInterface
  public interface ShownCursor {
    /**
     * Returns the next entry.
     *
     * @return what is shown, or null when there is nothing left
     * @throws IOException if a layer cannot be read
     */
    ShownEntry next() throws IOException;
  }

  /**
   * Returns a cursor from the first entry on, that ends the one before. The layers may be changed
   * meanwhile.
   *
   * @return the cursor
   */
  public ShownCursor entries() {
    return new ShownCursor() {
      private int index = -1;
      private EntryCursor entries = () -> null;

      @Override
      public ShownEntry next() throws IOException {
        while (true) {
          LayerEntry entry = entries.next();
          if (entry != null) {
            Optional<ShownEntry> shown = shown(index, entry.name());
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

  /** What one of the layers shows under a name that it has; empty if that is hidden. */
  private Optional<ShownEntry> shown(int index, Name name) throws IOException {
    LayerDirectory directory = parts.get(index).directory();
    Optional<EntryStat> stat = isAbove(index, name) ? Optional.empty() : directory.stat(name);
    return stat.isPresent() && !LayerEntries.isWhiteout(directory, name, stat.get(), roots.marks())
        ? Optional.of(new ShownEntry(parts.get(index).layer(), directory, name, stat.get()))
        : Optional.empty();
  }

  /** Whether a layer above has the name, be it as a whiteout; no list of names is kept for that. */
  private boolean isAbove(int index, Name name) throws IOException {
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
