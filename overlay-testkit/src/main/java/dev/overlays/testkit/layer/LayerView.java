package dev.overlays.testkit.layer;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What an overlay mounted over some layers would show, as text: one line an entry. Two views are
 * the same exactly if their manifests are equal. Immutable; the layers are read anew each time.
 *
 * <p>A line has the path with everything but visible ASCII as {@code \xHH} ({@code .} is the root),
 * the kind, the mode in octal, owner and group, {@code flags=} with the letters {@code i} and
 * {@code a} of chattr(1) that are set, size and SHA-256 of a file ({@code data=missing} where a
 * metacopy file has none below, which a mount tells as an error), the target of a symbolic link,
 * the numbers of a device, extended attributes other than marks in hexadecimal, when the content
 * was last changed, and for entries that share an inode the path of the first of them. The times of
 * directories are left out unless asked for: a merge puts them right at its end only.
 */
public final class LayerView {
  private final LayerStore store;
  private final List<Path> layers;
  private final MarkReading marks;
  private final boolean directoryTimes;
  private final boolean hardLinks;

  private LayerView(
      LayerStore store,
      List<Path> layers,
      MarkReading marks,
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
   * @param store what opens the layers
   * @param upper the top-most layer
   * @param lowers the layers below it, top-most first
   * @param marks where marks are kept
   * @return the view
   */
  public static LayerView of(LayerStore store, Path upper, List<Path> lowers, MarkNamespace marks) {
    List<Path> layers = new ArrayList<>();
    layers.add(upper);
    layers.addAll(lowers);
    return new LayerView(store, layers, new MarkReading(marks, true, true, true), false, true);
  }

  /**
   * Returns what a mount of some lowers without an upper would show.
   *
   * @param store what opens the layers
   * @param layers the layers, top-most first; a kernel takes two or more
   * @param marks where marks are kept
   * @return the view
   */
  public static LayerView ofLayers(LayerStore store, List<Path> layers, MarkNamespace marks) {
    return new LayerView(store, layers, new MarkReading(marks, true, true, false), false, true);
  }

  /**
   * Returns what one layer holds, as the lines of a view have it. Whiteouts are devices in it, and
   * redirects lead nowhere; marks are left out, those of nested overlays shown as a view shows
   * them.
   *
   * @param store what opens the layer
   * @param layer where it is
   * @param marks where marks are kept
   * @return the view
   */
  public static LayerView of(LayerStore store, Path layer, MarkNamespace marks) {
    MarkReading reading = new MarkReading(marks, false, true, false);
    return new LayerView(store, List.of(layer), reading, false, true);
  }

  /**
   * Returns what a mounted overlay shows. Nothing is left out: the marks that are seen in it are
   * those of a nested overlay.
   *
   * @param store what opens the tree
   * @param root where it is mounted
   * @return the view
   */
  public static LayerView ofMounted(LayerStore store, Path root) {
    MarkReading reading = new MarkReading(MarkNamespace.TRUSTED, false, false, false);
    return new LayerView(store, List.of(root), reading, false, true);
  }

  /**
   * Returns the same view with the times of directories.
   *
   * @return another view
   */
  public LayerView withDirectoryTimes() {
    return new LayerView(store, layers, marks, true, hardLinks);
  }

  /**
   * Returns the same view without telling which entries share an inode.
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
   * @throws IOException if a layer cannot be read, or has a redirect that no kernel would take
   */
  public List<String> manifest() throws IOException {
    ViewManifest manifest = new ViewManifest(marks, directoryTimes);
    try (LayerStack roots = LayerStack.open(store, layers, marks)) {
      new ViewWalk(marks, roots, manifest).walk();
    }
    return manifest.lines(hardLinks);
  }

  /**
   * Reads the layers, and returns the part at one path.
   *
   * @param path relative to the root, with {@code /} between names
   * @return the lines of the entry of that path and of all that is in it; none if there is none
   * @throws IOException if a layer cannot be read
   */
  public List<String> manifest(String path) throws IOException {
    String escaped = EscapedBytes.bytes(path.getBytes(StandardCharsets.UTF_8));
    return manifest().stream()
        .filter(line -> line.startsWith(escaped + " ") || line.startsWith(escaped + "/"))
        .toList();
  }
}
