package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.ShellCommand;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of memory for the upper of a view, mounted on the directory for its parts: before
 * Linux 6.15 no layer may be on one that is mounted nowhere. A descriptor keeps what is in it while
 * the view is unmounted and its upper may still be wanted.
 */
final class MemoryBelow implements Closeable {
  private final UserNamespace namespace;
  private final Path target;
  private final Descriptor root;

  private MemoryBelow(UserNamespace namespace, Path target, Descriptor root) {
    this.namespace = namespace;
    this.target = target;
    this.root = root;
  }

  static MemoryBelow mountMemory(Ephemeral.Memory limits, ViewPlace place) throws OverlayException {
    UserNamespace namespace = place.viewNamespace();
    try {
      Path target = place.placeParts();
      String size = limits.limit().isPresent() ? ",size=" + limits.limit().getAsLong() : "";
      return mountMemory(namespace, target, "mode=0700" + size);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(notMade(e.getMessage())), e);
    }
  }

  private static MemoryBelow mountMemory(UserNamespace namespace, Path target, String options)
      throws IOException {
    try {
      CommandResult answer = namespace.run(MountPrograms.memoryCommand(options, target));
      if (!answer.hasSucceeded()) {
        throw new OverlayException(notMade(answer.words()));
      }
      return new MemoryBelow(namespace, target, open(namespace.pathSeenHere(target)));
    } catch (IOException | RuntimeException | Error e) {
      namespace.postCommand(MountPrograms.unmountLazily(target));
      throw e;
    }
  }

  private static Descriptor open(Path root) throws SyscallException {
    return Descriptor.open(root, OpenFlags.PATH | OpenFlags.DIRECTORY);
  }

  private static Problem notMade(String why) {
    return Problem.of(
        ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
        "No file system of memory can be made: " + why + ".",
        "Ask for less, or use Ephemeral.in(directory).");
  }

  /** Where this process sees it. */
  Path memoryPath() {
    return root.pathOfDirectory();
  }

  /** The name of something in it, seen from its root. */
  Path nameIn(Path inside) {
    return inside.subpath(memoryPath().getNameCount(), inside.getNameCount());
  }

  /** Ends it before anything was put on it. */
  void withdrawMount() throws OverlayException {
    root.close();
    namespace.run(MountPrograms.unmountLazily(target));
  }

  /** Nothing lies over it any more; it is gone when nothing in it is used. */
  @Override
  public void close() {
    root.close();
    namespace.postCommand(
        MountPrograms.unmountLazily(target).andThen(ShellCommand.of("rmdir").addPath(target)));
  }
}
