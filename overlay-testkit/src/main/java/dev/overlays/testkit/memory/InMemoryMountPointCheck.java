package dev.overlays.testkit.memory;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks whether a view could be mounted at its mount point. The in-memory backend mounts nothing
 * there, but a spec that is wrong for the kernel should fail in a test, too.
 */
final class InMemoryMountPointCheck {
  private final OverlaySpec spec;
  private final List<Problem> problems;

  InMemoryMountPointCheck(OverlaySpec spec, List<Problem> problems) {
    this.spec = spec;
    this.problems = problems;
  }

  void checkPlaces() {
    spec.mountPoint().ifPresent(this::checkMountPoint);
    spec.instance().ifPresent(this::checkInstance);
  }

  private void checkInstance(Path instance) {
    Path parent = instance.toAbsolutePath().getParent();
    if (!Files.exists(instance) && parent != null && !Files.isDirectory(parent)) {
      addProblem(
          ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
          parent,
          "The directory that should hold the instance does not exist.",
          "Create it: only the instance's own directory is created when mounting.");
    }
  }

  private void checkMountPoint(Path place) {
    if (!Files.exists(place)) {
      if (spec.instance().isEmpty()) {
        addProblem(
            ProblemCode.MOUNT_POINT_NOT_FOUND,
            place,
            "The mount point does not exist.",
            "Create it, or use instance(directory), which creates it when mounting.");
      }
    } else if (!Files.isDirectory(place)) {
      addProblem(
          ProblemCode.MOUNT_POINT_NOT_DIRECTORY,
          place,
          "The mount point is not a directory.",
          "Name an empty directory.");
    } else if (isTaken(place)) {
      addProblem(
          ProblemCode.MOUNT_POINT_IN_USE,
          place,
          "Something is mounted at the mount point already.",
          "Unmount it first, take it over with Overlays.find, or name another directory.");
    } else if (!isEmpty(place)) {
      addProblem(
          ProblemCode.MOUNT_POINT_NOT_EMPTY,
          place,
          "The mount point holds files, which the view would hide.",
          "Name an empty directory, or move the files away.");
    }
  }

  private void addProblem(ProblemCode code, Path path, String message, String remedy) {
    problems.add(Problem.of(code, path, message, remedy));
  }

  private static boolean isTaken(Path place) {
    Path real = LayerPath.realPathOf(place);
    synchronized (InMemoryMount.ALL) {
      return InMemoryMount.ALL.stream()
          .filter(OverlayMount::isMounted)
          .flatMap(mount -> mount.spec().mountPoint().stream())
          .anyMatch(other -> LayerPath.realPathOf(other).equals(real));
    }
  }

  private static boolean isEmpty(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }
}
