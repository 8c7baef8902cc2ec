package dev.overlays.merge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.EntryType;
import dev.overlays.merge.DiskUse;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Results are readable as text. */
class ChangeTest {
  private static String changeText(ChangeKind kind, EntryType type, Optional<String> from) {
    return new Change(kind, "a/b", type, type == EntryType.FILE ? 12 : 0, from).toString();
  }

  @Test
  void changeIsShownAsALine() {
    assertEquals(
        "added a/b (12 bytes)", changeText(ChangeKind.ADDED, EntryType.FILE, Optional.empty()));
    assertEquals(
        "renamed a/b from c (directory)",
        changeText(ChangeKind.RENAMED, EntryType.DIRECTORY, Optional.of("c")));
    assertEquals(
        "other metadata a/b (character device)",
        changeText(ChangeKind.METADATA, EntryType.CHARACTER_DEVICE, Optional.empty()));
  }

  @Test
  void conflictIsShownAsALine() {
    Path first = Path.of("one");
    Path second = Path.of("two");
    assertEquals(
        "one has deleted a/b, which two still shows",
        new Conflict(ConflictKind.DELETED, "a/b", first, second).toString());
    assertEquals(
        "one and two have both changed a/b",
        new Conflict(ConflictKind.CHANGED, "a/b", first, second).toString());
  }

  @Test
  void diskUseIsShownAsALine() {
    assertEquals(
        "4.0 KiB on the disk, 12 bytes of data, 3 inodes, 1 whiteouts",
        new DiskUse(4096, 12, 3, 1).toString());
  }
}
