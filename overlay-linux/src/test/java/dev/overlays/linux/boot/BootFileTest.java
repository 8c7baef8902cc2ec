package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.runtime.NamedLock;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.DescriptorLock;
import dev.overlays.linux.syscall.OpenFlags;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The file is replaced whole or not at all, and nothing half-written stays beside it. */
class BootFileTest {
  private static final String OLD = "# old\n";

  @AutoClose private Sandbox sandbox;
  private FstabEntry entry;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    entry =
        FstabEntry.of(OverlaySpec.builder().lower(Path.of("/l")).instance(Path.of("/i")).build());
  }

  private void addEntry(Path file) throws OverlayException {
    Fstab.read(file).with(entry).write(file);
  }

  private String readWritten() {
    return OLD + entry + "\n";
  }

  /** Writing fails with this problem, and nothing has changed. */
  private void assertRefused(ProblemCode code, Fstab fstab, Path file) throws IOException {
    SortedMap<String, String> before = sandbox.listEntries();
    byte[] content = Files.readAllBytes(file);
    OverlayException e = assertThrows(OverlayException.class, () -> fstab.write(file));
    assertTrue(e.has(code), e::toString);
    assertEquals(ByteText.of(content), ByteText.of(Files.readAllBytes(file)));
    assertEquals(before, sandbox.listEntries());
  }

  @Test
  void keepsTheOldFile() throws IOException {
    Path file = sandbox.createFile("fstab", OLD);
    addEntry(file);
    assertEquals(readWritten(), Files.readString(file));
    assertEquals(OLD, Files.readString(sandbox.path("fstab.overlays-bak")));
    Fstab.read(file).without(Path.of("/i/mnts")).write(file);
    assertEquals(OLD, Files.readString(file));
    assertEquals(readWritten(), Files.readString(sandbox.path("fstab.overlays-bak")));
    assertEquals(3, sandbox.listEntries().size(), () -> file.toString());
  }

  @Test
  void writesNothingWhereNothingChanges() throws IOException {
    Path file = sandbox.createFile("fstab", OLD);
    addEntry(file);
    Object inode = Files.getAttribute(file, "unix:ino");
    addEntry(file);
    assertEquals(inode, Files.getAttribute(file, "unix:ino"));
    assertEquals(OLD, Files.readString(sandbox.path("fstab.overlays-bak")));
  }

  @Test
  void keepsOwnerModeAclsAndAttributes() throws IOException {
    BootPrograms.requirePrograms("setfattr", "setfacl");
    Path file = sandbox.createFile("fstab", OLD);
    Sandbox.run("chown", "1234:2345", file.toString());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Sandbox.run("setfattr", "-n", "user.note", "-v", "kept", file.toString());
    Sandbox.run("setfattr", "-n", "security.note", "-v", "kept", file.toString());
    Sandbox.run("setfacl", "-m", "u:4321:rw", file.toString());
    String before = readAttributes(file);
    addEntry(file);
    assertEquals(readWritten(), Files.readString(file));
    assertEquals(before, readAttributes(file));
    assertTrue(before.contains("4321") && before.contains("security.note"), before);
    assertTrue(
        Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(backupOf(file))) >= 0);
  }

  private static Path backupOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".overlays-bak");
  }

  private static String readAttributes(Path file) throws IOException {
    return Sandbox.run("stat", "-c", "%u %g %a", file.toString())
        + Sandbox.run("getfattr", "-d", "-m", "-", "--absolute-names", file.toString())
        + Sandbox.run("getfacl", "-p", "-n", file.toString());
  }

  @Test
  void aSymbolicLinkStays() throws IOException {
    Path file = sandbox.createFile("real/fstab", OLD);
    Path link = Files.createSymbolicLink(sandbox.path("link"), Path.of("real/fstab"));
    addEntry(link);
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(readWritten(), Files.readString(file));
    assertEquals(OLD, Files.readString(backupOf(file)));
  }

  @Test
  void aNewFileIsForEveryoneToRead() throws IOException {
    Path file = sandbox.path("fstab");
    Fstab.parse(new byte[0]).with(entry).write(file);
    assertEquals(entry + "\n", Files.readString(file));
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertFalse(Files.exists(backupOf(file)));
  }

  @Test
  void refusesWhatIsNotThere() {
    OverlayException e =
        assertThrows(OverlayException.class, () -> Fstab.read(sandbox.path("missing")));
    assertTrue(e.has(ProblemCode.BOOT_FILE_FAILED), e::toString);
    e =
        assertThrows(
            OverlayException.class,
            () -> Fstab.parse(new byte[0]).with(entry).write(sandbox.path("no/fstab")));
    assertTrue(e.has(ProblemCode.BOOT_FILE_FAILED), e::toString);
  }

  @Test
  void refusesAFileThatHasChanged() throws IOException {
    Path file = sandbox.createFile("fstab", OLD);
    Fstab changed = Fstab.read(file).with(entry);
    Files.writeString(file, OLD + "# by an editor\n");
    assertRefused(ProblemCode.BOOT_FILE_CHANGED, changed, file);
  }

  @Test
  void refusesWhileAnotherWrites() throws IOException {
    Path file = sandbox.createFile("fstab", OLD);
    Fstab changed = Fstab.read(file).with(entry);
    String name = BootFile.lockName(file.toRealPath());
    try (NamedLock other = NamedLock.tryAcquire(name, Duration.ZERO).orElseThrow()) {
      assertNotNull(other);
      assertRefused(ProblemCode.BOOT_FILE_CHANGED, changed, file);
    }
    changed.write(file);
  }

  /** Everybody may read /etc, and so lock it. */
  @Test
  void lockOnTheDirectoryKeepsNobodyFromWriting() throws IOException {
    Path file = sandbox.createFile("fstab", OLD);
    Fstab changed = Fstab.read(file).with(entry);
    try (Descriptor directory =
            Descriptor.open(sandbox.root(), OpenFlags.RDONLY | OpenFlags.DIRECTORY);
        Descriptor itself = Descriptor.open(file, OpenFlags.RDONLY)) {
      assertTrue(DescriptorLock.tryExclusive(directory) && DescriptorLock.tryExclusive(itself));
      changed.write(file);
    }
    assertEquals(changed, Fstab.read(file));
  }

  @Test
  void aFullDiskLeavesTheOldFile() throws IOException {
    Path full = sandbox.mountAt("full", "-t", "tmpfs", "-o", "size=64k", "tmpfs");
    Path file = sandbox.createFile("full/fstab", OLD);
    Fstab changed = Fstab.read(file).with(entry);
    try (OutputStream out = Files.newOutputStream(full.resolve("filler"))) {
      assertThrows(IOException.class, () -> out.write(new byte[1 << 20]));
    }
    assertRefused(ProblemCode.BOOT_FILE_FAILED, changed, file);
  }

  @Test
  void aReadOnlyDiskLeavesTheOldFile() throws IOException {
    Path disk = sandbox.mountTmpfs("disk");
    Path file = sandbox.createFile("disk/fstab", OLD);
    Fstab changed = Fstab.read(file).with(entry);
    Sandbox.run("mount", "-o", "remount,ro", disk.toString());
    assertRefused(ProblemCode.BOOT_FILE_FAILED, changed, file);
  }

  /** An immutable file can be neither linked nor renamed. */
  @Test
  void anImmutableFileLeavesNothingBesideIt() throws IOException {
    BootPrograms.requirePrograms("chattr", "mkfs.ext4");
    sandbox.mountImage("disk", "ext4", 8);
    Path file = sandbox.createFile("disk/fstab", OLD);
    Fstab changed = Fstab.read(file).with(entry);
    Sandbox.run("chattr", "+i", file.toString());
    try {
      assertRefused(ProblemCode.BOOT_FILE_FAILED, changed, file);
    } finally {
      Sandbox.run("chattr", "-i", file.toString());
    }
  }

  @Test
  void refusesADirectoryAtTheNameOfTheBackup() throws IOException {
    Path file = sandbox.createFile("fstab", OLD);
    sandbox.createFile("fstab.overlays-bak/file", "theirs");
    assertRefused(ProblemCode.BOOT_FILE_FAILED, Fstab.read(file).with(entry), file);
  }

  @Test
  void removesWhatAKilledProcessHasLeft() throws IOException {
    Path file = sandbox.createFile("fstab", OLD);
    sandbox.createFile(".fstab.overlays-new", "half");
    Files.createLink(sandbox.path(".fstab.overlays-old"), file);
    Files.createLink(backupOf(file), file);
    addEntry(file);
    assertEquals(readWritten(), Files.readString(file));
    assertEquals(OLD, Files.readString(backupOf(file)));
    assertEquals(
        List.of("", "fstab", "fstab.overlays-bak"), List.copyOf(sandbox.listEntries().keySet()));
  }
}
