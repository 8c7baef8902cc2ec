package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.instance.InstanceDirectories;
import dev.overlays.linux.mount.KernelMounter;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of checking a boot entry before it is written. Every path is checked. If this process
 * may mount, mount(8) mounts the entry once, in its own mount namespace, and the mount is compared
 * with the spec. Nobody else sees that mount, and it is gone when the check returns. In the upper
 * and the work directory it leaves what every first mount leaves there.
 *
 * @param problems what would prevent the mount at the start of the machine, or mount something else
 *     than the spec says; the most important first
 * @param untried why the entry was not mounted as a trial, if no problem is the reason; its code is
 *     {@link ProblemCode#BOOT_TRIAL_NOT_MADE}
 */
public record BootCheck(List<Problem> problems, Optional<Problem> untried) {

  /**
   * Creates a result.
   *
   * @param problems the problems found
   * @param untried why no trial was made
   */
  public BootCheck {
    problems = List.copyOf(problems);
    Objects.requireNonNull(untried, "untried");
  }

  /**
   * Checks an entry of fstab.
   *
   * @param entry the entry of a view
   * @return the result
   */
  public static BootCheck of(FstabEntry entry) {
    try {
      OverlaySpec spec = entry.spec();
      return checkSpec(spec, List.of(), () -> BootTrial.of(spec, entry));
    } catch (OverlayException e) {
      return new BootCheck(e.problems(), Optional.empty());
    }
  }

  /**
   * Checks a unit.
   *
   * @param unit the unit
   * @return the result
   */
  public static BootCheck of(SystemdUnit unit) {
    OverlaySpec spec = unit.spec();
    return checkSpec(
        spec, linkedMountPoint(spec.mountPoint().orElseThrow()), () -> BootTrial.of(unit));
  }

  /**
   * Checks an entry of a view that is mounted as soon as the entry is accepted. What that mount
   * fixes is not reported.
   */
  static BootCheck checkBeforeMount(FstabEntry entry) throws OverlayException {
    OverlaySpec spec = entry.spec();
    if (NativeAccess.accessProblem().isPresent() || MountedViewCheck.isMounted(spec)) {
      return of(entry);
    }
    List<Problem> problems = new ArrayList<>(KernelMounter.checkSpec(spec));
    problems.removeIf(problem -> problem.code() == ProblemCode.MOUNT_POINT_NOT_EMPTY);
    if (!problems.isEmpty()) {
      return new BootCheck(problems, Optional.empty());
    }
    return InstanceDirectories.allExist(spec)
        ? runTrials(spec, List.of(() -> BootTrial.of(spec, entry)))
        : new BootCheck(
            List.of(),
            Optional.of(
                untriedProblem(
                    "Some directories of the instance do not exist.",
                    "Mount the view by this library, which makes them, and check again.")));
  }

  private interface TrialAttempt {
    List<Problem> makeTrial() throws OverlayException;
  }

  private static BootCheck checkSpec(OverlaySpec spec, List<Problem> found, TrialAttempt attempt) {
    Optional<Problem> noCalls = NativeAccess.accessProblem();
    if (noCalls.isPresent()) {
      return new BootCheck(List.of(noCalls.get()), Optional.empty());
    }
    if (MountedViewCheck.isMounted(spec)) {
      Problem mounted =
          untriedProblem("The view is mounted at this moment.", "Unmount it, and check again.");
      return new BootCheck(found, found.isEmpty() ? Optional.of(mounted) : Optional.empty());
    }
    List<Problem> problems = new ArrayList<>(found);
    problems.addAll(missingDirectories(spec));
    problems.addAll(KernelMounter.checkSpec(spec));
    return problems.isEmpty()
        ? runTrials(spec, List.of(() -> PrivatePathCheck.of(spec), attempt))
        : new BootCheck(problems, Optional.empty());
  }

  private static BootCheck runTrials(OverlaySpec spec, List<TrialAttempt> attempts) {
    Optional<Problem> untried = whyUntried(spec);
    List<Problem> problems = new ArrayList<>();
    try {
      for (TrialAttempt attempt : untried.isEmpty() ? attempts : List.<TrialAttempt>of()) {
        problems.addAll(attempt.makeTrial());
      }
    } catch (OverlayException e) {
      if (e.has(ProblemCode.BOOT_TRIAL_NOT_MADE)) {
        untried = Optional.of(e.problems().get(0));
      } else {
        problems.addAll(e.problems());
      }
    }
    return new BootCheck(problems, untried);
  }

  /**
   * Reports missing directories: this library creates those of an instance, but mount(8) does not.
   */
  private static List<Problem> missingDirectories(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    for (Path path : spec.instance().isPresent() ? spec.requiredPaths() : List.<Path>of()) {
      boolean lower = spec.lowers().contains(path) || spec.dataLowers().contains(path);
      if (!lower && !Files.exists(path)) {
        problems.add(
            Problem.of(
                spec.mountPoint().filter(path::equals).isPresent()
                    ? ProblemCode.MOUNT_POINT_NOT_FOUND
                    : ProblemCode.LAYER_NOT_FOUND,
                path,
                "The directory does not exist, and nothing creates it at the start.",
                "Mount the view once by this library, which creates it, or create it."));
      }
    }
    return problems;
  }

  /**
   * Systemd refuses a unit whose mount point is not a real path; for fstab it resolves the path
   * itself.
   */
  private static List<Problem> linkedMountPoint(Path mountPoint) {
    Path real = MountedViewCheck.realPath(mountPoint);
    return real.equals(mountPoint)
        ? List.of()
        : List.of(
            Problem.of(
                ProblemCode.BOOT_SPEC_UNSUPPORTED,
                mountPoint,
                "There is a symbolic link on the way to the mount point, which systemd refuses.",
                "Use " + real + " as the mount point."));
  }

  private static Optional<Problem> whyUntried(OverlaySpec spec) {
    if (!ThreadPrivilege.mayMount()) {
      return Optional.of(
          untriedProblem("This process may not mount.", "Run the check as root on the host."));
    }
    if (spec.hasUpper() && spec.options().volatileUpper()) {
      return Optional.of(
          untriedProblem(
              "A volatile mount leaves a mark by which the next one is refused.",
              "Make sure that the upper is emptied before every start, or leave volatile off."));
    }
    return Optional.empty();
  }

  static Problem untriedProblem(String why, String remedy) {
    return Problem.of(
        ProblemCode.BOOT_TRIAL_NOT_MADE, "The entry was not mounted as a trial: " + why, remedy);
  }
}
