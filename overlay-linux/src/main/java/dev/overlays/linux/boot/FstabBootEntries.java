package dev.overlays.linux.boot;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The boot entries in one fstab, which is read again for each call. */
final class FstabBootEntries implements BootEntries {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  private final Path file;

  FstabBootEntries(Path file) {
    this.file = file;
  }

  /**
   * Reads the file. A dangling link, or a file that may not be inspected, does not count as
   * missing.
   */
  private Fstab readTable() throws OverlayException {
    return Files.notExists(file, LinkOption.NOFOLLOW_LINKS)
        ? Fstab.parse(new byte[0])
        : Fstab.read(file);
  }

  /** Skips entries written by hand that no spec can express. */
  @Override
  public List<OverlaySpec> specs() throws OverlayException {
    List<OverlaySpec> specs = new ArrayList<>();
    for (FstabEntry entry : readTable().entries()) {
      if (entry.isOverlay()) {
        try {
          specs.add(entry.spec());
        } catch (OverlayException e) {
          LOG.log(System.Logger.Level.DEBUG, () -> "no spec for " + entry, e);
        }
      }
    }
    return specs;
  }

  @Override
  public void put(OverlaySpec spec) throws OverlayException {
    FstabEntry entry = FstabEntry.of(spec);
    Optional<FstabEntry> missing = entryToWrite(readTable(), entry, spec);
    if (missing.isPresent()) {
      refuseIfProblems(BootCheck.of(missing.get()));
      writeEntry(entry, spec);
    }
  }

  /**
   * The prepared entry reads the file again when it is written, since others may change it
   * meanwhile.
   */
  @Override
  public PreparedEntry prepare(OverlaySpec spec) throws OverlayException {
    FstabEntry entry = FstabEntry.of(spec);
    Optional<FstabEntry> missing = entryToWrite(readTable(), entry, spec);
    if (missing.isPresent()) {
      refuseIfProblems(BootCheck.checkBeforeMount(missing.get()));
      new BootFile(file).checkWritable();
    }
    return () -> writeEntry(entry, spec);
  }

  private void writeEntry(FstabEntry entry, OverlaySpec spec) throws OverlayException {
    Fstab old = readTable();
    Optional<FstabEntry> missing = entryToWrite(old, entry, spec);
    if (missing.isPresent()) {
      old.with(missing.get()).write(file);
    }
  }

  /**
   * Returns the entry to write, if any. An existing entry of the same spec stays, with options
   * given by hand, and only gets the waits that it lacks.
   */
  private static Optional<FstabEntry> entryToWrite(Fstab old, FstabEntry entry, OverlaySpec spec)
      throws OverlayException {
    if (old.with(entry).equals(old)) {
      return Optional.empty();
    }
    Optional<FstabEntry> kept = old.find(spec.mountPoint().orElseThrow());
    if (kept.isEmpty() || !standsFor(kept.get(), spec)) {
      return Optional.of(entry);
    }
    return Optional.of(kept.get().withWaitOptions(spec))
        .filter(renewed -> !renewed.equals(kept.get()));
  }

  private static void refuseIfProblems(BootCheck check) throws OverlayException {
    if (!check.problems().isEmpty()) {
      throw new OverlayException(check.problems());
    }
  }

  private static boolean standsFor(FstabEntry entry, OverlaySpec spec) {
    try {
      return entry.spec().equals(spec);
    } catch (OverlayException e) {
      return false;
    }
  }

  @Override
  public void remove(Path mountPoint) throws OverlayException {
    Fstab old = readTable();
    Fstab changed = old.without(mountPoint);
    if (!changed.equals(old)) {
      changed.write(file);
    }
  }
}
