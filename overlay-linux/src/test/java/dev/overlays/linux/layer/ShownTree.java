package dev.overlays.linux.layer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is shown under each path: kind and content; {@link #REFUSED} where the name cannot be looked
 * up, {@link #GHOST} where it is only listed. Where the kernel looks names up to list them, such a
 * name spoils the listing: then everything in the directory, {@code *}, is refused.
 */
final class ShownTree {
  static final String REFUSED = "refused";
  static final String GHOST = "only listed";
  static final String FILE = "FILE ";
  static final String UNREADABLE = "FILE without data";

  private final SortedMap<String, String> paths = new TreeMap<>();

  /** As the kernel shows it. */
  static SortedMap<String, String> ofMounted(Path root) throws IOException {
    ShownTree tree = new ShownTree();
    try (LayerDirectory directory = new NativeLayerStore().open(root)) {
      tree.mounted(directory, "");
    }
    return tree.paths;
  }

  private void mounted(LayerDirectory directory, String prefix) throws IOException {
    unlisted(directory, prefix);
    try {
      listed(directory, prefix);
    } catch (FileSystemException e) {
      paths.put(prefix + "*", REFUSED);
    }
  }

  private void listed(LayerDirectory directory, String prefix) throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      mounted(directory, entry.name(), prefix + entry.name());
    }
  }

  /** The kernel leaves some names out of its listings that it refuses to look up. */
  private void unlisted(LayerDirectory directory, String prefix) {
    for (String name : RandomMarkedLayers.NAMES) {
      try {
        directory.stat(Name.of(name));
      } catch (IOException e) {
        paths.put(prefix + name, REFUSED);
      }
    }
  }

  private void mounted(LayerDirectory directory, Name name, String path) throws IOException {
    Optional<EntryStat> stat;
    try {
      stat = directory.stat(name);
    } catch (FileSystemException e) {
      paths.put(path, REFUSED);
      return;
    }
    if (stat.isEmpty()) {
      paths.put(path, GHOST);
      return;
    }
    paths.put(path, text(directory, name, stat.get().type()));
    if (stat.get().isDirectory()) {
      try (LayerDirectory inner = directory.open(name)) {
        mounted(inner, path + "/");
      }
    }
  }

  private static String text(LayerDirectory directory, Name name, EntryType type) {
    return type == EntryType.FILE ? FILE + content(directory, name) : type.toString();
  }

  private static String content(LayerDirectory directory, Name name) {
    try (InputStream in = directory.readFile(name)) {
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      return "without data";
    }
  }

  /** Whether something cannot be looked up, or is in what cannot. */
  static boolean isRefused(SortedMap<String, String> tree, String path) {
    return tree.entrySet().stream()
        .filter(entry -> entry.getValue().equals(REFUSED))
        .map(Map.Entry::getKey)
        .anyMatch(
            refused ->
                refused.endsWith("*")
                    ? path.startsWith(refused.replace("*", ""))
                    : (path + "/").startsWith(refused + "/"));
  }

  /** As the library reads it. */
  static SortedMap<String, String> ofLayers(OverlaySpec spec) throws IOException {
    ShownTree tree = new ShownTree();
    MarkNamespace marks = MarkNamespace.of(spec.options());
    List<Path> layers = new ArrayList<>();
    spec.upper().ifPresent(layers::add);
    layers.addAll(spec.lowers());
    try (LayerRoots roots =
        LayerRoots.openRoots(new NativeLayerStore(), layers, spec.dataLowers(), marks)) {
      tree.merged(roots.mergedRoot(), "", Mark.METACOPY.xattr(marks));
    }
    return tree.paths;
  }

  private void merged(MergedDirectory merged, String prefix, String metacopy) throws IOException {
    merged.forEachShown(
        shown -> {
          String path = prefix + shown.name();
          LayerDirectory directory = shown.directory();
          EntryType type = shown.stat().type();
          if (type == EntryType.FILE && directory.xattr(shown.name(), metacopy).isPresent()) {
            paths.put(path, UNREADABLE);
            merged.findData(
                shown.name(),
                (layer, in, name, stat) -> paths.put(path, text(in, name, stat.type())));
            return;
          }
          paths.put(path, text(directory, shown.name(), type));
          if (type == EntryType.DIRECTORY) {
            try (MergedDirectory inner = merged.openMerged(shown.name())) {
              merged(inner, path + "/", metacopy);
            }
          }
        });
  }

  private ShownTree() {}
}
