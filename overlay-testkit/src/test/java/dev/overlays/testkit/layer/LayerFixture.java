package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Three layers in memory, with methods that create entries for tests. */
final class LayerFixture {
  final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  final Path upper;
  final Path middle;
  final Path lower;

  LayerFixture() throws IOException {
    FileSystem fileSystem = JimfsLayerStoreTest.newJimfs("basic", "posix", "unix", "user");
    upper = Files.createDirectory(fileSystem.getPath("/upper"));
    middle = Files.createDirectory(fileSystem.getPath("/middle"));
    lower = Files.createDirectory(fileSystem.getPath("/lower"));
  }

  LayerView viewOver(Path... lowers) {
    return LayerView.of(store, upper, List.of(lowers), MarkNamespace.USER);
  }

  /** Returns the paths that the view shows. */
  List<String> shownNames(Path... lowers) throws IOException {
    List<String> names =
        viewOver(lowers).manifest().stream()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .toList();
    store.assertAllClosed();
    return names;
  }

  /** Creates files whose content is their path. */
  static void createFiles(Path layer, String... paths) throws IOException {
    for (String path : paths) {
      Path file = layer.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, layer + path);
    }
  }

  void createWhiteout(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    try (LayerDirectory open = store.open(directory)) {
      open.createWhiteout(Name.of(name));
    }
  }

  void setMark(Path entry, Mark mark, String value) throws IOException {
    setXattr(entry, mark.xattr(MarkNamespace.USER), value);
  }

  void setXattr(Path entry, String xattr, String value) throws IOException {
    try (LayerDirectory open = store.open(entry.getParent())) {
      open.setXattr(Name.of(entry.getFileName().toString()), xattr, value.getBytes(UTF_8));
    }
  }

  /** Creates a directory with a redirect. */
  void createRedirected(Path directory, String redirect) throws IOException {
    Files.createDirectories(directory);
    setMark(directory, Mark.REDIRECT, redirect);
  }

  /** Creates a metacopy file of a size. */
  void createMetacopy(Path file, int size) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[size]);
    setMark(file, Mark.METACOPY, "");
  }
}
