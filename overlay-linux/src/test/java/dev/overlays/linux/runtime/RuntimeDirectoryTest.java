package dev.overlays.linux.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.linux.syscall.ThreadPrivilege;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose directory is taken for the library's own mounts. */
class RuntimeDirectoryTest {
  private final long user = ThreadPrivilege.effectiveUser();
  @TempDir private Path place;

  @Test
  void isMadeForItsOwnerAlone() throws IOException {
    Path made = RuntimeDirectory.securedDirectory(place.resolve("overlays"), user);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
    assertEquals(made, RuntimeDirectory.securedDirectory(place.resolve("overlays"), user));
  }

  @Test
  void aLinkIsNotTaken() throws IOException {
    Path target = Files.createDirectory(place.resolve("target"));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
    Path link = Files.createSymbolicLink(place.resolve("overlays"), target);
    assertThrows(FileSystemException.class, () -> RuntimeDirectory.securedDirectory(link, user));
  }

  @Test
  void whatOthersMayEnterIsNotTaken() throws IOException {
    Path open = Files.createDirectory(place.resolve("overlays"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx--x---"));
    assertThrows(FileSystemException.class, () -> RuntimeDirectory.securedDirectory(open, user));
  }

  @Test
  void whatBelongsToSomebodyElseIsNotTaken() throws IOException {
    RuntimeDirectory.securedDirectory(place.resolve("overlays"), user);
    assertThrows(
        FileSystemException.class,
        () -> RuntimeDirectory.securedDirectory(place.resolve("overlays"), user + 1));
  }
}
