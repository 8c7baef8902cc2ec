package dev.overlays.merge;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * What the work directory tells of an upper. Source: the kernel's fs/overlayfs/super.c, {@code
 * ovl_create_volatile_dirty}.
 */
final class WorkCheck {
  private static final Name WORK = Name.of("work");
  private static final Name INCOMPATIBLE = Name.of("incompat");

  private WorkCheck() {}

  /** The work directory may be null. */
  static Optional<Problem> check(LayerDirectory work) throws IOException {
    Optional<EntryStat> made = work == null ? Optional.empty() : work.stat(WORK);
    if (made.filter(EntryStat::isDirectory).isEmpty()) {
      return Optional.empty();
    }
    try (LayerDirectory inner = LayerEntries.openClosed(work, WORK)) {
      boolean left = isDirectory(inner, INCOMPATIBLE) && !isEmpty(inner, INCOMPATIBLE);
      return left ? Optional.of(volatileLeftover(inner)) : Optional.empty();
    } finally {
      restoreMode(work, made.get().mode());
    }
  }

  /** A check changes nothing. */
  private static void restoreMode(LayerDirectory work, int mode) throws IOException {
    if (LayerEntries.present(work, WORK).mode() != mode) {
      work.setMode(WORK, mode);
    }
  }

  private static Problem volatileLeftover(LayerDirectory work) {
    return Problem.of(
        ProblemCode.VOLATILE_LEFTOVER,
        LayerEntries.path(work, INCOMPATIBLE),
        "A volatile mount wrote to this upper and synced nothing: after a crash of the machine its"
            + " files may be damaged, and a merge would put them into the lower.",
        "If the machine has not crashed since, remove this directory and merge again; otherwise"
            + " throw upper and work away.");
  }

  private static boolean isEmpty(LayerDirectory directory, Name name) throws IOException {
    try (LayerDirectory inner = directory.open(name)) {
      return inner.entries().next() == null;
    }
  }

  private static boolean isDirectory(LayerDirectory directory, Name name) throws IOException {
    return directory.stat(name).filter(EntryStat::isDirectory).isPresent();
  }
}
