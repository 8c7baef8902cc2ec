package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.NamespaceRestriction;
import dev.overlays.linux.namespace.ShellCommand;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether this user can have an overlay in a namespace: found out by having one, once a JVM. */
public final class RootlessTrial {
  private static volatile boolean succeeded;
  private static volatile boolean indexed;

  private RootlessTrial() {}

  /**
   * Tells what is in the way; remembered only when there is nothing.
   *
   * @return the problem; empty if there is none
   */
  public static Optional<Problem> trialProblem() {
    if (succeeded) {
      return Optional.empty();
    }
    synchronized (RootlessTrial.class) {
      return succeeded ? Optional.empty() : attemptMount();
    }
  }

  /** Whether an overlay in a namespace has no index even if it is asked for. */
  static boolean indexIsGuardOnly() {
    return succeeded && !indexed;
  }

  private static Optional<Problem> attemptMount() {
    try (UserNamespace namespace = UserNamespace.startForViews()) {
      ViewPlace place = ViewPlace.createPlace(namespace);
      Path parts = place.placeParts();
      CommandResult memory = namespace.run(MountPrograms.memoryCommand("size=1m", parts));
      if (!memory.hasSucceeded()) {
        return Optional.of(NamespaceRestriction.restrictionProblem(memory.words()));
      }
      for (String layer : List.of("lower", "upper", "work")) {
        Files.createDirectory(namespace.pathSeenHere(parts).resolve(layer));
      }
      CommandResult overlay =
          namespace.run(
              ShellCommand.of("mount", "-n", "-i", "-c", "-t", "overlay", "-o")
                  .wordsOf("lowerdir=lower,upperdir=upper,workdir=work,index=on,userxattr")
                  .wordsOf("overlay")
                  .addPath(place.pathInside())
                  .runWithin(parts));
      if (!overlay.hasSucceeded()) {
        return Optional.of(missingProgram(overlay.words()));
      }
      indexed = isIndexed(place);
      succeeded = true;
      return Optional.empty();
    } catch (OverlayException e) {
      return Optional.of(e.problems().get(0));
    } catch (IOException e) {
      return Optional.of(NamespaceRestriction.restrictionProblem(e.toString()));
    }
  }

  private static boolean isIndexed(ViewPlace place) throws IOException {
    return MountTable.ofProcess(Long.toString(place.viewNamespace().processId())).stream()
        .filter(record -> record.isOverlay() && record.mountPoint().equals(place.pathInside()))
        .map(MountRecord::options)
        .anyMatch(options -> options.contains("index=on"));
  }

  private static Problem missingProgram(String words) {
    return Problem.of(
        ProblemCode.OVERLAYFS_MISSING,
        "The running kernel mounts no overlay in a user namespace (\"" + words + "\").",
        "Use Linux 5.11 or later, with the module overlay loaded (as root: modprobe overlay).");
  }
}
