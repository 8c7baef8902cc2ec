package dev.overlays.testkit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

class TreeSnapshotTest {
  private static final String TREE =
      """
      a/
        file   "one\\n" 0644
        other  => a/file
        link   -> file
      b        random=10K:1
      c        "c"
      """;

  /** Changes one thing of each kind. */
  private static void changeTree(Path root) throws IOException {
    Files.writeString(root.resolve("a/file"), "two\n");
    Files.setPosixFilePermissions(root.resolve("c"), PosixFilePermissions.fromString("rw-------"));
    Files.delete(root.resolve("a/link"));
    Files.createSymbolicLink(root.resolve("a/link"), root.getFileSystem().getPath("other"));
    Files.delete(root.resolve("b"));
    Files.createDirectory(root.resolve("b"));
    Files.writeString(root.resolve("d d"), "");
  }

  private static final List<String> CHANGES =
      List.of(
          "~ a/file: content \"one\\n\" → \"two\\n\"",
          "~ a/link: target \"file\" → \"other\"",
          "~ a/other: content \"one\\n\" → \"two\\n\"",
          "~ b: file → directory",
          "~ c: mode 0644 → 0600",
          "+ \"d d\" (file)");

  @Test
  void reportsChangesInMemory() throws IOException {
    Path root = MemoryRoots.newRoot().resolve("tree");
    LayerTree.parse(TREE).writeTo(root);
    Files.setPosixFilePermissions(root.resolve("c"), PosixFilePermissions.fromString("rw-r--r--"));
    TreeSnapshot before = TreeSnapshot.of(root);
    before.assertUnchanged();
    changeTree(root);
    List<String> lines = before.differencesTo(before.takeAgain());
    assertEquals(CHANGES.get(0), lines.get(0).replaceAll(", xattr.*", ""));
    assertEquals(CHANGES.size(), lines.size(), lines.toString());
  }

  @Test
  void reportsChangesOnDisk(@TempDir Path directory) throws IOException {
    Path root = directory.resolve("tree");
    LayerTree.parse(TREE).writeTo(root);
    TreeSnapshot before = TreeSnapshot.of(root);
    before.assertUnchanged();
    changeTree(root);
    assertEquals(CHANGES, before.differencesTo(before.takeAgain()));
    AssertionFailedError error = assertThrows(AssertionFailedError.class, before::assertUnchanged);
    assertEquals(root + " has changed:\n" + String.join("\n", CHANGES), error.getMessage());
    assertEquals(before.toString(), error.getExpected().getStringRepresentation());
  }

  @Test
  void reportsHardLinksTimesAndAttributes(@TempDir Path root) throws IOException {
    Path a = Files.writeString(root.resolve("a"), "x");
    Path b = Files.writeString(root.resolve("b"), "x");
    Files.setLastModifiedTime(a, FileTime.fromMillis(1000));
    Files.setLastModifiedTime(root, FileTime.fromMillis(1000));
    TreeSnapshot before = TreeSnapshot.of(root, SnapshotDetail.all());
    TreeSnapshot timeless = TreeSnapshot.of(root);
    Files.setLastModifiedTime(a, FileTime.fromMillis(2000));
    assertEquals(
        List.of("~ a: mtime 1970-01-01T00:00:01Z → 1970-01-01T00:00:02Z"),
        before.differencesTo(before.takeAgain()));
    assertEquals(List.of(), timeless.differencesTo(timeless.takeAgain()));
    Files.getFileAttributeView(a, UserDefinedFileAttributeView.class)
        .write("k", ByteBuffer.wrap(new byte[] {'v', 0}));
    Files.delete(b);
    Files.createLink(b, a);
    assertEquals(
        List.of(
            "~ a: xattr user.k none → \"v\\x00\"",
            "~ b: xattr user.k none → \"v\\x00\", link of none → a"),
        timeless.differencesTo(timeless.takeAgain()));
  }

  @Test
  void metadataShowsThatAFileWasWritten(@TempDir Path root) throws IOException {
    Path a = Files.writeString(root.resolve("a"), "x");
    Files.setLastModifiedTime(a, FileTime.fromMillis(1000));
    TreeSnapshot before = TreeSnapshot.of(root, SnapshotDetail.metadata());
    Files.writeString(a, "y");
    assertTrue(
        before
            .differencesTo(before.takeAgain())
            .get(0)
            .startsWith("~ a: mtime 1970-01-01T00:00:01Z →"));
  }

  @Test
  void readsAZipFileSystem(@TempDir Path directory) throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", "true"))) {
      Path root = zip.getPath("/");
      Files.writeString(Files.createDirectory(root.resolve("a")).resolve("b"), "x");
      TreeSnapshot before = TreeSnapshot.of(root);
      assertEquals(". directory\na directory\na/b file, content \"x\"\n", before.toString());
      Files.writeString(root.resolve("c"), "x");
      assertEquals(List.of("+ c (file)"), before.differencesTo(before.takeAgain()));
    }
  }

  @Test
  void distinguishesNamesOfAnyBytes(@TempDir Path root) throws IOException {
    LayerTree.parse("\"\\xff\" \"1\"\n\"\\xfe\" \"2\"\n\"é\" \"3\"").writeTo(root);
    assertEquals(
        List.of("\"\\xfe\" file", "\"\\xff\" file", "\"é\" file"),
        TreeSnapshot.of(root)
            .toString()
            .lines()
            .skip(1)
            .map(line -> line.substring(0, line.indexOf(',')))
            .sorted()
            .toList());
  }

  @Test
  void theMessageShowsTheFirstHundredChanges(@TempDir Path root) throws IOException {
    TreeSnapshot before = TreeSnapshot.of(root);
    for (int i = 0; i < 150; i++) {
      Files.createFile(root.resolve("f" + i));
    }
    AssertionFailedError error = assertThrows(AssertionFailedError.class, before::assertUnchanged);
    assertTrue(error.getMessage().endsWith("\n... and 50 more"), error.getMessage());
  }

  @Test
  void unchangedLowersReportsAChangedLower(@TempDir Path root) throws IOException {
    LayerTree.parse("lower/\n  a \"1\"\nbase/\n  b \"2\"\nupper/\nwork/").writeTo(root);
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(root.resolve("lower"))
            .lower(root.resolve("base"))
            .upper(root.resolve("upper"))
            .work(root.resolve("work"))
            .build();
    try (UnchangedLowers unchanged = UnchangedLowers.of(spec, SnapshotDetail.all())) {
      Files.writeString(root.resolve("upper/a"), "other");
      unchanged.assertUnchanged();
    }
    UnchangedLowers check = UnchangedLowers.of(spec, SnapshotDetail.all());
    Files.writeString(root.resolve("base/b"), "3");
    AssertionFailedError error = assertThrows(AssertionFailedError.class, check::close);
    assertTrue(error.getMessage().contains("~ b: content \"2\" → \"3\""), error.getMessage());
  }
}
