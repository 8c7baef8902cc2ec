package dev.overlays.merge.oci.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** One layer in memory, and a store that counts what is done to it. */
final class LayerInMemory implements Closeable {
  static final MarkNamespace MARKS = MarkNamespace.TRUSTED;

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path root = fileSystem.getPath("/layers/layer");

  LayerInMemory() throws IOException {
    Files.createDirectories(root);
  }

  FaultyLayerStore store() {
    return store;
  }

  Path root() {
    return root;
  }

  /** Returns the names of a path; none for the root. */
  static List<Name> namesOf(String path) {
    return path.isEmpty() ? List.of() : Arrays.stream(path.split("/")).map(Name::of).toList();
  }

  /** An action on an entry. */
  @FunctionalInterface
  interface EntryAction<T> {
    T run(LayerDirectory directory, Name name) throws IOException;
  }

  /** Runs an action on an entry, through the same store; on the root if the path is empty. */
  <T> T runAt(String path, EntryAction<T> action) throws IOException {
    Path entry = root.resolve(path);
    boolean isRoot = path.isEmpty();
    try (LayerDirectory directory = store.open(isRoot ? root : entry.getParent())) {
      return action.run(directory, isRoot ? Name.SELF : Name.of(entry.getFileName().toString()));
    }
  }

  LayerInMemory addDirectory(String path, int mode) throws IOException {
    Files.createDirectories(root.resolve(path));
    runAt(
        path,
        (directory, name) -> {
          directory.setMode(name, mode);
          directory.setTimes(name, Instant.ofEpochSecond(7), Instant.ofEpochSecond(mode));
          return null;
        });
    return this;
  }

  LayerInMemory addFile(String path, String content) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), content);
    return this;
  }

  LayerInMemory addWhiteout(String path) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    runAt(
        path,
        (directory, name) -> {
          directory.createWhiteout(name);
          return null;
        });
    return this;
  }

  LayerInMemory addMark(String path, Mark mark, String value) throws IOException {
    runAt(
        path,
        (directory, name) -> {
          directory.setXattr(name, mark.xattr(MARKS), value.getBytes(UTF_8));
          return null;
        });
    return this;
  }

  boolean hasMark(String path, Mark mark) throws IOException {
    return runAt(path, (directory, name) -> directory.xattr(name, mark.xattr(MARKS)).isPresent());
  }

  boolean isWhiteout(String path) throws IOException {
    return runAt(
        path, (directory, name) -> LayerEntries.requireStat(directory, name).isWhiteoutDevice());
  }

  boolean exists(String path) throws IOException {
    return runAt(path, (directory, name) -> directory.stat(name).isPresent());
  }

  /** Returns everything that the layer has but marks, with the times of directories. */
  List<String> manifest() throws IOException {
    return LayerView.ofSingleLayer(new PortableLayerStore(), root, MARKS)
        .withDirectoryTimes()
        .manifest();
  }

  @Override
  public void close() throws IOException {
    fileSystem.close();
  }
}
