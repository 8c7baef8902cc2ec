package dev.overlays.merge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/** Layers in memory that a test creates by hand: {@code upper}, {@code lower}, {@code base}. */
final class HandMadeLayers {
  static final LayerStore STORE = new PortableLayerStore();

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final Path root = fileSystem.getPath("/root");

  HandMadeLayers() throws IOException {
    for (String layer : List.of("upper", "lower", "base", "work")) {
      Files.createDirectories(root.resolve(layer));
    }
  }

  OverlaySpec.Builder specBuilder() {
    return OverlaySpec.builder()
        .lower(root.resolve("lower"))
        .lower(root.resolve("base"))
        .upper(root.resolve("upper"))
        .work(root.resolve("work"))
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
  }

  OverlaySpec spec() {
    return specBuilder().build();
  }

  Path pathOf(String path) {
    return root.resolve(path);
  }

  HandMadeLayers addDirectory(String path) throws IOException {
    Files.createDirectories(pathOf(path));
    return this;
  }

  HandMadeLayers addFile(String path, String content) throws IOException {
    Files.createDirectories(pathOf(path).getParent());
    Files.writeString(pathOf(path), content);
    return this;
  }

  /** Adds a whiteout in the form of a device. */
  HandMadeLayers addWhiteout(String path) throws IOException {
    Files.createDirectories(pathOf(path).getParent());
    runAt(path, LayerDirectory::createWhiteout);
    return this;
  }

  HandMadeLayers addMark(String path, Mark mark, String value) throws IOException {
    runAt(
        path,
        (directory, name) ->
            directory.setXattr(name, mark.xattr(MarkNamespace.TRUSTED), value.getBytes(UTF_8)));
    return this;
  }

  HandMadeLayers setMode(String path, int mode) throws IOException {
    runAt(path, (directory, name) -> directory.setMode(name, mode));
    return this;
  }

  /** Sets the same time on all entries of all layers. */
  HandMadeLayers withEqualTimes() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      paths.forEach(HandMadeLayers::setFixedTime);
    }
    return this;
  }

  private static void setFixedTime(Path path) {
    try {
      Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns everything in all layers, with marks. */
  List<String> allLines() throws IOException {
    return LayerView.ofSingleLayer(STORE, root, MarkNamespace.USER).withDirectoryTimes().manifest();
  }

  /** Returns the sorted paths of everything in one layer. */
  List<String> namesIn(String layer) throws IOException {
    try (Stream<Path> paths = Files.walk(pathOf(layer))) {
      return paths.skip(1).map(path -> pathOf(layer).relativize(path).toString()).sorted().toList();
    }
  }

  /** An action on an entry. */
  @FunctionalInterface
  interface EntryAction {
    void run(LayerDirectory directory, Name name) throws IOException;
  }

  private void runAt(String path, EntryAction action) throws IOException {
    Path entry = pathOf(path);
    try (LayerDirectory directory = STORE.open(entry.getParent())) {
      action.run(directory, Name.of(entry.getFileName().toString()));
    }
  }

  /** Returns the mode of an entry. */
  int modeOf(String path) throws IOException {
    Path entry = pathOf(path);
    try (LayerDirectory directory = STORE.open(entry.getParent())) {
      return LayerEntries.requireStat(directory, Name.of(entry.getFileName().toString())).mode();
    }
  }
}
