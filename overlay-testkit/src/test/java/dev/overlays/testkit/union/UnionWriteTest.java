package dev.overlays.testkit.union;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests what changes of the view write to layers in memory. */
class UnionWriteTest {
  private static final FileTime EARLY = FileTime.fromMillis(1_000_000_000_123L);

  private final PortableLayerStore store = new PortableLayerStore();
  private UnionFixture bed;
  private UnionFileSystem union;
  private List<String> lowerBefore;

  @BeforeEach
  void fillLower() throws IOException {
    bed = new UnionFixture(1);
    Path lower = bed.topLower();
    Files.createDirectories(lower.resolve("tree/inner"));
    Files.writeString(lower.resolve("tree/inner/file"), "content");
    Files.writeString(lower.resolve("file"), "content");
    Files.setAttribute(lower.resolve("tree/inner/file"), "user:mime", new byte[] {'m'});
    for (String path : List.of("tree/inner/file", "tree/inner", "tree", "file")) {
      Files.setLastModifiedTime(lower.resolve(path), EARLY);
    }
    lowerBefore = lowerLines();
    union = bed.open();
  }

  private List<String> lowerLines() throws IOException {
    return LayerView.ofSingleLayer(store, bed.topLower(), MarkNamespace.USER)
        .withDirectoryTimes()
        .manifest();
  }

  @AfterEach
  void checkAndClose() throws IOException {
    assertEquals(lowerBefore, lowerLines(), "the lower is never written to");
    assertEquals(
        bed.expectedLines(), ShownView.of(union.getPath("/")), "what others see in the layers");
    try (LayerDirectory work = store.open(bed.work.resolve("overlays-union"))) {
      assertEquals(null, work.entries().next(), "left in the work directory");
    }
    union.close();
    try (LayerDirectory work = store.open(bed.work)) {
      assertEquals(null, work.entries().next(), "left in the work directory");
    }
    bed.close();
  }

  private Path pathAt(String path) {
    return union.getPath("/" + path);
  }

  /** Returns the value of a mark of the upper, from where the portable store keeps it. */
  private String markValue(String path, String name) throws IOException {
    String prefix = name.equals("whiteout") ? "user:overlay." : "user:overlays.trusted.overlay.";
    return new String(
        (byte[]) Files.getAttribute(bed.upper.resolve(path), prefix + name),
        StandardCharsets.UTF_8);
  }

  private boolean inUpper(String path) {
    return Files.exists(bed.upper.resolve(path));
  }

  @Test
  void copyUpTakesParentsAndAttributesAlong() throws IOException {
    Files.writeString(pathAt("tree/inner/file"), "!", StandardOpenOption.APPEND);
    assertEquals("content!", Files.readString(bed.upper.resolve("tree/inner/file")));
    Path upper = bed.upper.resolve("tree/inner/file");
    assertEquals(
        "m", new String((byte[]) Files.getAttribute(upper, "user:mime"), StandardCharsets.UTF_8));
    // A copy-up does not change the times of the directories.
    for (String path : List.of("tree", "tree/inner")) {
      assertEquals(EARLY, Files.getLastModifiedTime(pathAt(path)));
      assertEquals(EARLY, Files.getLastModifiedTime(bed.upper.resolve(path)));
    }
  }

  @Test
  void readingCopiesNothingUp() throws IOException {
    Files.readString(pathAt("tree/inner/file"));
    Files.getLastModifiedTime(pathAt("tree"));
    assertTrue(Files.isWritable(pathAt("file")));
    assertFalse(inUpper("tree") || inUpper("file"));
  }

  @Test
  void whiteoutIsAMarkedFileInADirectoryThatSaysSo() throws IOException {
    Files.delete(pathAt("tree/inner/file"));
    assertEquals("", markValue("tree/inner/file", "whiteout"));
    assertEquals("x", markValue("tree/inner", "opaque"));
    assertEquals(0, Files.size(bed.upper.resolve("tree/inner/file")));
    Files.delete(pathAt("tree/inner"));
    assertEquals("", markValue("tree/inner", "whiteout"));
    assertEquals("x", markValue("tree", "opaque"));
  }

  @Test
  void whatOnlyTheUpperHadLeavesNothing() throws IOException {
    Files.writeString(pathAt("new"), "new");
    Files.createDirectories(pathAt("made/inner"));
    Files.delete(pathAt("new"));
    Files.delete(pathAt("made/inner"));
    Files.delete(pathAt("made"));
    assertFalse(inUpper("new") || inUpper("made"));
  }

  @Test
  void directoryOverAWhiteoutIsOpaque() throws IOException {
    Files.delete(pathAt("tree/inner/file"));
    Files.delete(pathAt("tree/inner"));
    Files.createDirectory(pathAt("tree/inner"));
    assertEquals("y", markValue("tree/inner", "opaque"));
    Files.writeString(pathAt("tree/inner/file"), "new");
    Files.delete(pathAt("tree/inner/file"));
    assertFalse(inUpper("tree/inner/file"));
  }

  @Test
  void mergedDirectoryStaysUnlessRedirectsAreWritten() throws IOException {
    assertThrows(
        AtomicMoveNotSupportedException.class,
        () -> Files.move(pathAt("tree"), pathAt("wood"), StandardCopyOption.ATOMIC_MOVE));
    assertThrows(
        DirectoryNotEmptyException.class, () -> Files.move(pathAt("tree"), pathAt("wood")));
    assertFalse(inUpper("wood"));
    union = bed.open(options -> options.withRedirectDir(RedirectDir.ON));
    Files.move(pathAt("tree"), pathAt("wood"));
    assertEquals("tree", markValue("wood", "redirect"));
    assertEquals("", markValue("tree", "whiteout"));
    Files.move(pathAt("wood/inner"), pathAt("inner"));
    assertEquals("/tree/inner", markValue("inner", "redirect"));
    assertEquals("content", Files.readString(pathAt("inner/file")));
  }

  @Test
  void redirectIsRefusedWhereItIsNotFollowed() throws IOException {
    union = bed.open(options -> options.withRedirectDir(RedirectDir.ON));
    Files.move(pathAt("tree"), pathAt("wood"));
    union = bed.open();
    FileSystemException e =
        assertThrows(
            FileSystemException.class, () -> Files.readAttributes(pathAt("wood/inner"), "posix:*"));
    assertEquals("Operation not permitted", e.getReason());
    union = bed.open(options -> options.withRedirectDir(RedirectDir.FOLLOW));
    assertEquals("content", Files.readString(pathAt("wood/inner/file")));
  }

  @Test
  void metacopyHasTheSizeAndNoData() throws IOException {
    union = bed.open(options -> options.withRedirectDir(RedirectDir.ON).withMetacopy(true));
    Files.setAttribute(pathAt("file"), "unix:mode", 0600);
    assertEquals("", markValue("file", "metacopy"));
    assertEquals(7, Files.size(bed.upper.resolve("file")));
    assertEquals("content", Files.readString(pathAt("file")));
    Files.move(pathAt("file"), pathAt("tree/moved"));
    assertEquals("/file", markValue("tree/moved", "redirect"));
    assertEquals("content", Files.readString(pathAt("tree/moved")));
    Files.writeString(pathAt("tree/moved"), "!", StandardOpenOption.APPEND);
    assertThrows(IllegalArgumentException.class, () -> markValue("tree/moved", "metacopy"));
    assertEquals("content!", Files.readString(bed.upper.resolve("tree/moved")));
  }

  @Test
  void marksOfANestedOverlayAreEscaped() throws IOException {
    union = bed.open(options -> options.withUserXattr(true));
    Files.setAttribute(pathAt("file"), "user:overlay.opaque", new byte[] {'y'});
    assertTrue(
        Files.readAttributes(bed.upper.resolve("file"), "user:*")
            .containsKey("overlay.overlay.opaque"));
    assertTrue(Files.readAttributes(pathAt("file"), "user:*").containsKey("overlay.opaque"));
  }

  @Test
  void whatACrashLeftInWorkGoes() throws IOException {
    union.close();
    try (LayerDirectory work = store.open(bed.work)) {
      work.createDirectory(Name.of("overlays-union"));
      try (LayerDirectory staging = work.open(Name.of("overlays-union"))) {
        staging.createFile(Name.of("#1")).close();
      }
    }
    union = bed.open();
    Files.writeString(pathAt("file"), "again");
  }
}
