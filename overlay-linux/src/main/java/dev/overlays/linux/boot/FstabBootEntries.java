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

/** The entries of one fstab, which is read anew each time. */
final class FstabBootEntries implements BootEntries {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  private final Path file;

  FstabBootEntries(Path file) {
    this.file = file;
  }

  /** A link that leads nowhere, and what may not be looked at, is no missing file. */
  private Fstab readTable() throws OverlayException {
    return Files.notExists(file, LinkOption.NOFOLLOW_LINKS)
        ? Fstab.parse(new byte[0])
        : Fstab.read(file);
  }

  /** What somebody has written by hand, and no spec can say, is nobody's business here. */
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
    Optional<FstabEntry> missing = missingWaits(readTable(), entry, spec);
    if (missing.isPresent()) {
      refuseCheck(BootCheck.of(missing.get()));
      writeEntry(entry, spec);
    }
  }

  /** The file is read again when the entry is written: others may have changed it meanwhile. */
  @Override
  public PreparedEntry prepare(OverlaySpec spec) throws OverlayException {
    FstabEntry entry = FstabEntry.of(spec);
    Optional<FstabEntry> missing = missingWaits(readTable(), entry, spec);
    if (missing.isPresent()) {
      refuseCheck(BootCheck.beforeMount(missing.get()));
      new BootFile(file).checkWritable();
    }
    return () -> writeEntry(entry, spec);
  }

  private void writeEntry(FstabEntry entry, OverlaySpec spec) throws OverlayException {
    Fstab old = readTable();
    Optional<FstabEntry> missing = missingWaits(old, entry, spec);
    if (missing.isPresent()) {
      old.with(missing.get()).write(file);
    }
  }

  /**
   * The entry that is to be written, if any. One that says the same otherwise stays: it may have
   * options given by hand. It only gets what it does not wait for yet.
   */
  private static Optional<FstabEntry> missingWaits(Fstab old, FstabEntry entry, OverlaySpec spec)
      throws OverlayException {
    if (old.with(entry).equals(old)) {
      return Optional.empty();
    }
    Optional<FstabEntry> kept = old.find(spec.mountPoint().orElseThrow());
    if (kept.isEmpty() || !saysSpec(kept.get(), spec)) {
      return Optional.of(entry);
    }
    return Optional.of(kept.get().withWaits(spec)).filter(renewed -> !renewed.equals(kept.get()));
  }

  private static void refuseCheck(BootCheck check) throws OverlayException {
    if (!check.problems().isEmpty()) {
      throw new OverlayException(check.problems());
    }
  }

  private static boolean saysSpec(FstabEntry entry, OverlaySpec spec) {
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
