package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a unit in a directory of units. One that is there is replaced only if this library
 * has written it.
 */
final class UnitFiles {
  private final Path mount;
  private final Path automount;
  private final SystemdUnit unit;

  UnitFiles(Path directory, SystemdUnit unit) {
    this.unit = unit;
    mount = directory.resolve(unit.fileName());
    automount = directory.resolve(unit.unitName() + ".automount");
  }

  /** The automount unit comes after the mount unit that it needs, and goes before it. */
  void writeFile() throws OverlayException {
    checkOurs();
    if (unit.automountName().isEmpty()) {
      new BootFile(automount).removeFile();
    }
    writeFile(mount, unit.text());
    if (unit.automountName().isPresent()) {
      writeFile(automount, unit.automountText());
    }
  }

  void removeAll() throws OverlayException {
    checkOurs();
    new BootFile(automount).removeFile();
    new BootFile(mount).removeFile();
  }

  private static void writeFile(Path file, String text) throws OverlayException {
    new BootFile(file).replaceContent(old -> true, ByteText.bytesOf(text));
  }

  /** A link is one to /dev/null, of a unit that is masked, or not of this library anyway. */
  private void checkOurs() throws OverlayException {
    if (Files.isSymbolicLink(mount)) {
      throw foreignFile(mount, null);
    }
    if (!Files.exists(mount, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.exists(automount, LinkOption.NOFOLLOW_LINKS)) {
        throw foreignFile(automount, null);
      }
      return;
    }
    SystemdUnit old;
    try {
      old = SystemdUnit.read(mount);
    } catch (OverlayException e) {
      throw foreignFile(mount, e);
    }
    if (Files.exists(automount, LinkOption.NOFOLLOW_LINKS) && !isAutomountOf(old)) {
      throw foreignFile(automount, null);
    }
  }

  private boolean isAutomountOf(SystemdUnit old) throws OverlayException {
    return old.automountName().isPresent()
        && !Files.isSymbolicLink(automount)
        && UnitText.parse(ByteText.of(new BootFile(automount).readFile()))
            .equals(UnitText.parse(old.automountText()));
  }

  private static OverlayException foreignFile(Path file, OverlayException reason) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.BOOT_ENTRY_FOREIGN,
                file,
                "There is a unit of this name that this library has not written"
                    + (reason == null ? "." : " (" + reason.getMessage() + ")."),
                "Remove it by hand if it is not needed, or use another mount point.")),
        reason);
  }
}
