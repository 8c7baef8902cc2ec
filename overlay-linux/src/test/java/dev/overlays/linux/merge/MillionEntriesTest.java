package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.bench.MergeProgram;
import dev.overlays.spi.LayerStore;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An upper of a million entries, half of them in one directory, is merged by a JVM that could not
 * remember a quarter of their names.
 */
@Tag("long")
class MillionEntriesTest {
  private static final String HEAP = "-Xmx48m";
  private static final int DELETED = 250_000;
  private static final int IN_BIG = 500_000;
  private static final int DIRECTORIES = 100;
  private static final int IN_DIRECTORY = 5_000;
  private static final Name BIG = Name.of("big");

  @AutoClose private Sandbox sandbox;
  private Path lower;
  private Path upper;
  private Path work;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    Path layers = sandbox.mountAt("layers", "-t", "tmpfs", "-o", "nr_inodes=0", "tmpfs");
    lower = Files.createDirectory(layers.resolve("lower"));
    upper = Files.createDirectory(layers.resolve("upper"));
    work = Files.createDirectory(layers.resolve("work"));
  }

  @Test
  void millionEntriesAreMergedInLittleMemory() throws IOException {
    makeLower();
    makeUpper();

    String report = merge();

    // The files and the missing directories; the other ones, the big one and the root.
    assertTrue(report.contains("750,050 added, 52 updated, 250,000 deleted"), report);
    try (LayerDirectory root = LayerStore.of(lower).open(lower)) {
      assertEquals(IN_BIG - DELETED, entries(root, BIG));
      for (int i = 0; i < DIRECTORIES; i++) {
        assertEquals(IN_DIRECTORY, entries(root, directory(i)));
      }
    }
    try (LayerDirectory root = LayerStore.of(upper).open(upper)) {
      assertEquals(0, entries(root, Name.SELF));
    }
  }

  /** What is deleted, and the directories; every other one of these is missing. */
  private void makeLower() throws IOException {
    try (LayerDirectory root = LayerStore.of(lower).open(lower)) {
      root.createDirectory(BIG);
      files(root, BIG, "old", DELETED);
      for (int i = 0; i < DIRECTORIES; i += 2) {
        root.createDirectory(directory(i));
      }
    }
  }

  private void makeUpper() throws IOException {
    try (LayerDirectory root = LayerStore.of(upper).open(upper)) {
      root.createDirectory(BIG);
      files(root, BIG, "new", IN_BIG - DELETED);
      try (LayerDirectory big = root.open(BIG)) {
        for (int i = 0; i < DELETED; i++) {
          big.createWhiteout(Name.of("old" + i));
        }
      }
      for (int i = 0; i < DIRECTORIES; i++) {
        root.createDirectory(directory(i));
        files(root, directory(i), "f", IN_DIRECTORY);
      }
    }
  }

  private static Name directory(int i) {
    return Name.of("d" + i);
  }

  private static void files(LayerDirectory root, Name name, String prefix, int count)
      throws IOException {
    try (LayerDirectory directory = root.open(name)) {
      for (int i = 0; i < count; i++) {
        directory.createNode(Name.of(prefix + i), EntryType.FILE, 0, 0);
      }
    }
  }

  private static int entries(LayerDirectory root, Name name) throws IOException {
    int count = 0;
    try (LayerDirectory directory = root.open(name)) {
      EntryCursor entries = directory.entries();
      while (entries.next() != null) {
        count++;
      }
    }
    return count;
  }

  private String merge() throws IOException {
    return Sandbox.run(
        ChildJvm.javaProgram(),
        HEAP,
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        String.join(File.pathSeparator, ChildJvm.classPath()),
        MergeProgram.class.getName(),
        lower.toString(),
        upper.toString(),
        work.toString(),
        "2");
  }
}
