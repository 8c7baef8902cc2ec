package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.SortedMap;

/** A view that nobody can write to. */
final class ReadOnly {
  private ReadOnly() {}

  /** Every kind of change of a view that shows a certain file fails, and changes nothing. */
  static void assertTakesNothing(ContractSandbox sandbox, OverlayMount mount, String existing)
      throws IOException {
    SortedMap<String, String> before = sandbox.view(mount);
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
    assertEquals(before, sandbox.view(mount));
  }
}
