package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.copy.LayerCopy;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer that is copied or moved is the same layer, or is not created at all. */
class LayerCopyTest {
  private static final int SEEDS = 40;

  private static final MarkNamespace MARKS = MarkNamespace.USER;

  private final FileSystem memory = InMemoryFileSystems.create();
  private final LayerStore store = new PortableLayerStore();
  private final Path places = memory.getPath("/places");

  @AfterEach
  void closeMemory() throws IOException {
    memory.close();
  }

  /** Ways to bring a layer to another place. */
  private enum CopyMethod {
    COPY,
    COPY_TO_ANOTHER_STORE,
    MOVE;

    void copyLayer(LayerStore store, Path layer, Path place) throws IOException {
      try (LayerDirectory parent = store.open(layer.getParent());
          LayerDirectory target = store.open(place.getParent())) {
        Name name = Name.of(place.getFileName().toString());
        Name old = Name.of(layer.getFileName().toString());
        if (this == MOVE) {
          LayerCopy.moveLayer(parent, old, MARKS, target, name);
          return;
        }
        try (LayerDirectory root = parent.open(old)) {
          LayerCopy.copyLayer(root, MARKS, target, name, this == COPY);
        }
      }
    }
  }

  /** Creates layers of all formats, an upper and its lower, in a new directory. */
  private Path createRandomLayers(long seed) throws IOException {
    Path directory = Files.createDirectories(places.resolve(Long.toString(seed)));
    Path lower = Files.createDirectory(directory.resolve("lower"));
    Path upper = Files.createDirectory(directory.resolve("upper"));
    RandomLayers.of(seed, MARKS)
        .withNodes()
        .withOwners()
        .withEveryFormat()
        .fillLayers(store, lower, upper);
    try (LayerDirectory root = store.open(directory)) {
      root.setXattr(Name.of("upper"), Mark.ORIGIN.xattr(MARKS), new byte[] {1});
    }
    return directory;
  }

  /** Creates an upper with one entry of every kind. */
  private Path createSmallLayers() throws IOException {
    Path directory = Files.createDirectories(places);
    Files.createDirectory(directory.resolve("lower"));
    try (LayerDirectory upper = store.open(Files.createDirectory(directory.resolve("upper")))) {
      upper.createDirectory(Name.of("opaque"));
      upper.setXattr(Name.of("opaque"), Mark.OPAQUE.xattr(MARKS), new byte[] {'y'});
      upper.createSymlink(Name.of("symlink"), new byte[] {'x'});
      upper.createWhiteout(Name.of("whiteout"));
      try (LayerDirectory inner = upper.open(Name.of("opaque"))) {
        inner.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
        try (OutputStream file = inner.createFile(Name.of("one"))) {
          file.write(1);
        }
        inner.createLink(Name.of("one"), upper, Name.of("other"));
        inner.setXattr(Name.of("one"), Mark.ORIGIN.xattr(MARKS), new byte[] {1});
      }
    }
    return directory;
  }

  private List<String> viewManifest(Path directory, String upper) throws IOException {
    return LayerView.of(store, directory.resolve(upper), List.of(directory.resolve("lower")), MARKS)
        .withDirectoryTimes()
        .manifest();
  }

  /**
   * Returns the manifest of a layer without marks that hold for its old place only; a whiteout is
   * only a name.
   */
  private List<String> layerManifest(Path root) throws IOException {
    List<String> lines = LayerView.ofMounted(store, root).withDirectoryTimes().manifest();
    return lines.stream()
        .map(line -> line.replaceAll(" user\\.overlay\\.(origin|impure|nlink)=\\S*", ""))
        .map(line -> line.replaceAll(" CHARACTER_DEVICE .* device=0:0 .*", " whiteout"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"COPY", "COPY_TO_ANOTHER_STORE", "MOVE"})
  void theCopyIsTheSameLayer(String way) throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      Path directory = createRandomLayers(seed);
      List<String> view = viewManifest(directory, "upper");
      List<String> layer = layerManifest(directory.resolve("upper"));
      CopyMethod.valueOf(way)
          .copyLayer(store, directory.resolve("upper"), directory.resolve("kept"));
      assertEquals(layer, layerManifest(directory.resolve("kept")), "seed " + seed);
      assertEquals(view, viewManifest(directory, "kept"), "seed " + seed);
      String whole = LayerView.ofMounted(store, directory.resolve("kept")).manifest().toString();
      assertFalse(whole.contains(" user.overlay.origin"), whole);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"COPY", "COPY_TO_ANOTHER_STORE", "MOVE"})
  void leavesNothingBehindWhenAnOperationFails(String name) throws IOException {
    CopyMethod way = CopyMethod.valueOf(name);
    Path directory = createSmallLayers();
    List<String> layer = layerManifest(directory.resolve("upper"));
    FaultyLayerStore failing = new FaultyLayerStore(store);
    long operation = 0;
    boolean failed = true;
    while (failed) {
      failing = new FaultyLayerStore(store).failAt(++operation);
      try {
        way.copyLayer(failing, directory.resolve("upper"), directory.resolve("kept"));
        failed = false;
      } catch (InjectedFaultException e) {
        assertEquals(List.of("lower", "upper"), listNames(directory), "operation " + operation);
        assertEquals(layer, layerManifest(directory.resolve("upper")), "operation " + operation);
      }
      failing.assertAllClosed();
    }
    assertTrue(operation > (way == CopyMethod.MOVE ? 3 : 20), () -> "only few operations");
    assertEquals(layer, layerManifest(directory.resolve("kept")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"COPY", "MOVE"})
  void refusesAPlaceThatExists(String way) throws IOException {
    Path directory = createRandomLayers(3);
    Files.createDirectory(directory.resolve("kept"));
    assertThrows(
        FileAlreadyExistsException.class,
        () ->
            CopyMethod.valueOf(way)
                .copyLayer(store, directory.resolve("upper"), directory.resolve("kept")));
    assertEquals(List.of(), listNames(directory.resolve("kept")));
    assertEquals(List.of("kept", "lower", "upper"), listNames(directory));
  }

  /** The kernel hard-links one whiteout under many names. */
  @Test
  void linkedWhiteoutsAreCopiedSeparately() throws IOException {
    Path directory = Files.createDirectories(places);
    Path upper = Files.createDirectory(directory.resolve("upper"));
    try (LayerDirectory root = store.open(upper)) {
      root.createWhiteout(Name.of("one"));
      root.createLink(Name.of("one"), root, Name.of("other"));
    }
    CopyMethod.COPY.copyLayer(store, upper, directory.resolve("kept"));
    try (LayerDirectory kept = store.open(directory.resolve("kept"))) {
      assertTrue(kept.stat(Name.of("other")).orElseThrow().isWhiteoutDevice());
      assertEquals(1, kept.stat(Name.of("other")).orElseThrow().links());
    }
  }

  private static List<String> listNames(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
