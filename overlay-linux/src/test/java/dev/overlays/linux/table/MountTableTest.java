package dev.overlays.linux.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of /proc/self/mountinfo. */
class MountTableTest {
  private static MountRecord parse(String line) {
    return MountTable.parse(line).orElseThrow();
  }

  @Test
  void readsEveryField() {
    MountRecord record =
        parse("44 27 0:39 / /mnt/view rw,nosuid,noatime - overlay overlay rw,lowerdir=/a,xino=off");
    assertEquals(44, record.id());
    assertEquals(27, record.parentId());
    assertEquals(Path.of("/mnt/view"), record.mountPoint());
    assertTrue(record.isOverlay());
    assertEquals(Set.of(MountAttribute.NOSUID, MountAttribute.NOATIME), record.attributes());
    assertFalse(record.isFileSystemReadOnly());
    assertEquals("rw,lowerdir=/a,xino=off", record.options());
  }

  @Test
  void skipsOptionalFields() {
    MountRecord record = parse("1 2 8:1 /sub /m rw shared:7 master:1 propagate_from:2 - ext4 - rw");
    assertEquals("ext4", record.fsType());
    assertFalse(record.isOverlay());
    assertEquals("rw", record.options());
  }

  @Test
  void tellsAReadOnlyMountFromAReadOnlyFileSystem() {
    MountRecord mount = parse("1 2 0:3 / /m ro,relatime - overlay overlay rw,lowerdir=/a");
    assertEquals(Set.of(MountAttribute.READ_ONLY), mount.attributes());
    assertFalse(mount.isFileSystemReadOnly());
    MountRecord fileSystem = parse("1 2 0:3 / /m rw,relatime - overlay overlay ro,lowerdir=/a");
    assertEquals(Set.of(), fileSystem.attributes());
    assertTrue(fileSystem.isFileSystemReadOnly());
  }

  @Test
  void decodesTheMountPoint() {
    assertEquals(
        Path.of("/a b\tc\nd\\e"),
        parse("1 2 0:3 / /a\\040b\\011c\\012d\\134e rw - tmpfs tmpfs rw").mountPoint());
  }

  @Test
  void takesALineWithoutOptions() {
    assertEquals("", parse("1 2 0:3 / /m rw - tmpfs tmpfs").options());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1 2 0:3 / /m rw", "1 2 0:3 / /m rw -", "1 2 0:3 / /m rw - tmpfs"})
  void leavesOutWhatIsNoMount(String line) {
    assertEquals(Optional.empty(), MountTable.parse(line));
  }

  @Test
  void readsTheTableOfThisProcess() throws IOException {
    assertTrue(
        MountTable.ofThisProcess().stream()
            .anyMatch(record -> record.mountPoint().equals(Path.of("/proc"))));
  }
}
