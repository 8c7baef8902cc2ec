package dev.overlays.fit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * Finds what a volatile mount leaves in its work directory when it ends by a crash. Source: the
 * kernel's fs/overlayfs/super.c, {@code ovl_create_volatile_dirty}.
 */
final class VolatileLeftover {
  /** The directory that the kernel creates in the work directory. */
  private static final Name KERNEL_WORK = Name.of("work");

  private static final Name INCOMPAT = Name.of("incompat");

  private VolatileLeftover() {}

  static Optional<Problem> findProblem(LayerDirectory work) throws IOException {
    Optional<EntryStat> made = work == null ? Optional.empty() : work.stat(KERNEL_WORK);
    if (made.filter(EntryStat::isDirectory).isEmpty()) {
      return Optional.empty();
    }
    try (LayerDirectory opened = LayerEntries.openRestricted(work, KERNEL_WORK)) {
      return isLeft(opened) ? Optional.of(problemOf(opened)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } finally {
      if (work.stat(KERNEL_WORK).filter(now -> now.mode() != made.get().mode()).isPresent()) {
        work.setMode(KERNEL_WORK, made.get().mode());
      }
    }
  }

  private static boolean isLeft(LayerDirectory work) throws IOException {
    if (work.stat(INCOMPAT).filter(EntryStat::isDirectory).isEmpty()) {
      return false;
    }
    try (LayerDirectory inner = work.open(INCOMPAT)) {
      return inner.entries().next() != null;
    }
  }

  private static Problem problemOf(LayerDirectory work) {
    return Problem.of(
        ProblemCode.VOLATILE_LEFTOVER,
        LayerEntries.pathOf(work, INCOMPAT),
        "A volatile mount wrote to this upper and synced nothing: after a crash of the machine its"
            + " files may be damaged, and so may everything that is made from them.",
        "If the machine has not crashed since, remove this directory and try again; otherwise"
            + " discard the upper and the work directory.");
  }
}
