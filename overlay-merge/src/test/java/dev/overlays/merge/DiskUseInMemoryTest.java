package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.OverlayException;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measures layers in memory. */
class DiskUseInMemoryTest {
  @AutoClose
  private final FileSystem fileSystem =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder().setAttributeViews("posix", "unix", "user").build());

  private final PortableLayerStore store = new PortableLayerStore();
  private final FaultyLayerStore seen = new FaultyLayerStore(store);
  private final Path layer = fileSystem.getPath("/layer");

  private int workers = 1;

  @AfterEach
  void assertAllClosed() {
    seen.assertAllClosed();
  }

  @Test
  void countsNoInodesForWhiteoutsOfEitherForm() throws IOException {
    Files.createDirectories(layer.resolve("directory"));
    Files.writeString(layer.resolve("file"), "data");
    Files.createFile(layer.resolve("empty"));
    try (LayerDirectory root = store.open(layer)) {
      root.createWhiteout(Name.of("device"));
      for (MarkNamespace marks : MarkNamespace.values()) {
        Name name = Name.of(marks.name());
        root.createFile(name).close();
        root.setXattr(name, Mark.WHITEOUT.xattr(marks), new byte[0]);
      }
    }
    assertEquals(new DiskUse(0, 4, 4, 3), measureLayer());
    assertEquals(new DiskUse(0, 8, 8, 6), measureLayer().plusUse(measureLayer()));
  }

  /** Also more directories, and more names of one file, than one worker takes at a time. */
  @Test
  void severalWorkersCountTheSame() throws IOException {
    Path first = Files.createDirectories(layer.resolve("a")).resolve("first");
    Files.writeString(first, "linked");
    for (int i = 0; i < 1200; i++) {
      Path directory = Files.createDirectories(layer.resolve("d" + i % 600 + "/" + i));
      Files.writeString(directory.resolve("file"), "x".repeat(i));
      Files.createLink(directory.resolve("link"), first);
    }
    DiskUse one = measureLayer();
    assertEquals(1 + 1 + 600 + 1200 + 1200 + 1, one.inodes());
    for (workers = 2; workers <= 4; workers++) {
      assertEquals(one, measureLayer());
    }
    assertThrows(IllegalArgumentException.class, () -> DiskUse.of(layer, seen, 0));
  }

  /** Removes everything before each reading in turn. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void leavesOutEntriesRemovedMeanwhile(int count) throws IOException {
    workers = count;
    Set<String> moments = new HashSet<>();
    for (int reading = 1; moments.add(removeBefore(reading)); reading++) {
      // Ends when a reading is no longer reached.
    }
    assertEquals(Set.of("LIST", "STAT", "OPEN", "READ_XATTR", "none"), operationsOf(moments));
  }

  private static Set<String> operationsOf(Set<String> moments) {
    Set<String> kinds = new HashSet<>();
    moments.forEach(moment -> kinds.add(moment.split(" ", -1)[0]));
    return kinds;
  }

  /** Measures, and removes everything in the layer before one of the readings. */
  private String removeBefore(int number) throws IOException {
    Files.createDirectories(layer.resolve("a/b"));
    Files.write(layer.resolve("a/b/empty"), new byte[0]);
    Files.write(layer.resolve("empty"), new byte[0]);
    int[] readings = {0};
    String[] moment = {"none"};
    seen.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeReading(FileOperation operation, String path) throws IOException {
            if (++readings[0] == number) {
              moment[0] = operation + " " + number;
              try (LayerDirectory root = store.open(layer)) {
                LayerEntries.removeAll(root);
              }
            }
          }
        });
    measureLayer();
    return moment[0];
  }

  private DiskUse measureLayer() throws OverlayException {
    return DiskUse.of(layer, seen, workers);
  }
}
