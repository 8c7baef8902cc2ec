package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.SortedMap;

/** Checks that a view is read-only. */
final class ReadOnlyCheck {
  private ReadOnlyCheck() {}

  /**
   * Asserts that every kind of change fails and changes nothing; the view must show the given file.
   */
  static void assertRefusesChanges(ContractSandbox sandbox, OverlayMount mount, String existing)
      throws IOException {
    SortedMap<String, String> before = sandbox.viewLines(mount);
    Path file = mount.root().resolve(existing);
    Path other = mount.root().resolve("new");
    FileTime time = FileTime.fromMillis(1_000_000_000_000L);
    Class<FileSystemException> exactly = FileSystemException.class;
    sandbox.assertFails(exactly, () -> Files.writeString(file, "changed"));
    sandbox.assertFails(exactly, () -> Files.writeString(other, "new"));
    sandbox.assertFails(exactly, () -> Files.createDirectory(other));
    sandbox.assertFails(exactly, () -> Files.createSymbolicLink(other, other.getFileName()));
    sandbox.assertFails(exactly, () -> Files.delete(file));
    sandbox.assertFails(exactly, () -> Files.move(file, other));
    sandbox.assertFails(exactly, () -> Files.setLastModifiedTime(file, time));
    assertEquals(before, sandbox.viewLines(mount));
  }
}
