package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Merges directories with enough entries that the merge lists the lower's, or too many for that.
 */
class ListingLookupTest {
  private static final int EACH = 10;

  private final FileSystem memory = InMemoryFileSystems.create();
  private final Path lower = memory.getPath("/work/lower");
  private final Path upper = memory.getPath("/work/upper");

  @BeforeEach
  void makeLayers() throws IOException {
    for (String name : List.of("lower", "upper", "works")) {
      Files.createDirectory(memory.getPath("/work", name));
    }
  }

  @AfterEach
  void closeMemory() throws IOException {
    memory.close();
  }

  private MergeReport runMerge() throws IOException {
    return OverlayMerge.of(spec()).run();
  }

  private static List<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private OverlaySpec spec() {
    return OverlaySpec.builder()
        .lower(lower)
        .upper(upper)
        .work(memory.getPath("/work/works"))
        .build();
  }

  private void writeToUpper(String name) throws IOException {
    Files.writeString(upper.resolve(name), name);
  }

  private void assertMerged(String name) throws IOException {
    assertEquals(name, Files.readString(lower.resolve(name)));
    assertFalse(Files.exists(upper.resolve(name)));
  }

  /** The pattern matches entries inside of it if it were a directory. */
  @Test
  void filterForPathsInsideDoesNotTakeAFile() throws IOException {
    for (String name : List.of("a", "b", "c", "d", "e", "f")) {
      writeToUpper(name);
    }
    MergeReport report = OverlayMerge.of(spec()).only("*/inside", "c").run();
    assertMerged("c");
    assertEquals(1, report.count(MergeAction.ADDED));
    assertEquals(List.of("c"), namesIn(lower));
    assertEquals(List.of("a", "b", "d", "e", "f"), namesIn(upper));
  }

  /** 3000 more entries are too many to be kept in memory. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3000})
  void filesReplaceEveryKindOfEntry(int others) throws IOException {
    for (int i = 0; i < others; i++) {
      Files.createFile(lower.resolve("other" + i));
    }
    for (int i = 0; i < EACH; i++) {
      Files.createFile(lower.resolve("file" + i));
      Files.createSymbolicLink(lower.resolve("link" + i), memory.getPath("nowhere"));
      Files.createDirectory(lower.resolve("tree" + i));
      Files.createFile(lower.resolve("tree" + i + "/inner"));
      for (String kind : List.of("file", "link", "tree", "new")) {
        writeToUpper(kind + i);
      }
    }
    MergeReport report = runMerge();
    for (int i = 0; i < EACH; i++) {
      for (String kind : List.of("file", "link", "tree", "new")) {
        assertMerged(kind + i);
      }
    }
    assertEquals(3 * EACH, report.count(MergeAction.REPLACED));
    assertEquals(EACH, report.count(MergeAction.ADDED));
  }

  /** A rename between two names of one inode does nothing, so the name in the upper would stay. */
  @Test
  void mergesNamesOfOneInodeInBothLayersOnce() throws IOException {
    for (int i = 0; i < 3 * EACH; i++) {
      writeToUpper("file" + i);
      Files.createLink(lower.resolve("file" + i), upper.resolve("file" + i));
    }
    MergeReport report = runMerge();
    for (int i = 0; i < 3 * EACH; i++) {
      assertMerged("file" + i);
    }
    assertEquals(3 * EACH, report.count(MergeAction.REPLACED), "each is merged once");
  }
}
