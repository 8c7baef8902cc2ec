package dev.overlays.testkit.layer;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What an overlay that is mounted over some layers would show, as text with one line for each
 * entry. Two views are the same exactly if their manifests are equal. Immutable; each manifest
 * reads the layers anew.
 *
 * <p>A line has the path, in which everything but visible ASCII is escaped as {@code \xHH} ({@code
 * .} is the root), the type, the mode in octal, owner and group, {@code flags=} with the letters
 * {@code i} and {@code a} of chattr(1) that are set, the size and CRC-32C of a file ({@code
 * data=missing} for a metacopy file without data below, for which a mount reports an error), the
 * target of a symbolic link, the numbers of a device, extended attributes other than marks in
 * hexadecimal, the modification time, and, for entries that share an inode, the path of the first
 * of them. The times of directories are shown on request only, since a merge restores them only at
 * its end.
 */
public final class LayerView {
  private final LayerStore store;
  private final List<Path> layers;
  private final MarkInterpretation marks;
  private final boolean directoryTimes;
  private final boolean hardLinks;

  private LayerView(
      LayerStore store,
      List<Path> layers,
      MarkInterpretation marks,
      boolean directoryTimes,
      boolean hardLinks) {
    this.store = store;
    this.layers = List.copyOf(layers);
    this.marks = marks;
    this.directoryTimes = directoryTimes;
    this.hardLinks = hardLinks;
  }

  /**
   * Returns what a mount of an upper over some lowers would show.
   *
   * @param store the store that opens the layers
   * @param upper the top-most layer
   * @param lowers the layers below it, top-most first
   * @param marks the namespace of marks
   * @return the view
   */
  public static LayerView of(LayerStore store, Path upper, List<Path> lowers, MarkNamespace marks) {
    List<Path> layers = new ArrayList<>();
    layers.add(upper);
    layers.addAll(lowers);
    return new LayerView(
        store, layers, new MarkInterpretation(marks, true, true, true), false, true);
  }

  /**
   * Returns what a mount of some lowers without an upper would show.
   *
   * @param store the store that opens the layers
   * @param layers the layers, top-most first; the kernel needs at least two
   * @param marks the namespace of marks
   * @return the view
   */
  public static LayerView ofLowers(LayerStore store, List<Path> layers, MarkNamespace marks) {
    return new LayerView(
        store, layers, new MarkInterpretation(marks, true, true, false), false, true);
  }

  /**
   * Returns what one layer holds. Whiteouts are shown as devices, and redirects are not followed.
   * Marks are left out; those of nested overlays are shown as in a view.
   *
   * @param store the store that opens the layer
   * @param layer the directory of the layer
   * @param marks the namespace of marks
   * @return the view
   */
  public static LayerView ofSingleLayer(LayerStore store, Path layer, MarkNamespace marks) {
    MarkInterpretation reading = new MarkInterpretation(marks, false, true, false);
    return new LayerView(store, List.of(layer), reading, false, true);
  }

  /**
   * Returns what a mounted overlay shows. Nothing is left out: marks that it shows are those of a
   * nested overlay.
   *
   * @param store the store that opens the tree
   * @param root the mount point
   * @return the view
   */
  public static LayerView ofMounted(LayerStore store, Path root) {
    MarkInterpretation reading = new MarkInterpretation(MarkNamespace.TRUSTED, false, false, false);
    return new LayerView(store, List.of(root), reading, false, true);
  }

  /**
   * Returns the same view with directory times.
   *
   * @return another view
   */
  public LayerView withDirectoryTimes() {
    return new LayerView(store, layers, marks, true, hardLinks);
  }

  /**
   * Returns the same view without the information which entries share an inode.
   *
   * @return another view
   */
  public LayerView withoutHardLinks() {
    return new LayerView(store, layers, marks, directoryTimes, false);
  }

  /**
   * Reads the layers.
   *
   * @return a line for each entry that the view shows, sorted by path
   * @throws IOException if a layer cannot be read, or has a redirect that the kernel would refuse
   */
  public List<String> manifest() throws IOException {
    ViewManifest manifest = new ViewManifest(marks, directoryTimes);
    try (LayerStack roots = LayerStack.openLayers(store, layers, marks)) {
      new ViewWalk(marks, roots, manifest).walkView();
    }
    return manifest.renderLines(hardLinks);
  }

  /**
   * Reads the layers, and returns the part of the manifest at one path.
   *
   * @param path relative to the root, with {@code /} between names
   * @return the lines of the entry at that path and of everything in it; none if there is no such
   *     entry
   * @throws IOException if a layer cannot be read
   */
  public List<String> manifest(String path) throws IOException {
    String escaped = EscapedBytes.escapeBytes(path.getBytes(StandardCharsets.UTF_8));
    return manifest().stream()
        .filter(line -> line.startsWith(escaped + " ") || line.startsWith(escaped + "/"))
        .toList();
  }
}
