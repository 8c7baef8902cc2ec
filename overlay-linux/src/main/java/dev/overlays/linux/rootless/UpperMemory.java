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
 * A tmpfs for the upper of a view, mounted on the parts directory of the view, because before Linux
 * 6.15 no layer may be on a file system that is mounted nowhere. A descriptor keeps its content
 * after the view is unmounted, as long as the upper may still be kept.
 */
final class UpperMemory implements Closeable {
  private final UserNamespace namespace;
  private final Path target;
  private final Descriptor root;

  private UpperMemory(UserNamespace namespace, Path target, Descriptor root) {
    this.namespace = namespace;
    this.target = target;
    this.root = root;
  }

  static UpperMemory mountMemory(Ephemeral.Memory limits, ViewPlace place) throws OverlayException {
    UserNamespace namespace = place.viewNamespace();
    try {
      Path target = place.makePartsDirectory();
      String size = limits.limit().isPresent() ? ",size=" + limits.limit().getAsLong() : "";
      return mountMemory(namespace, target, "mode=0700" + size);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(notCreatedProblem(e.getMessage())), e);
    }
  }

  private static UpperMemory mountMemory(UserNamespace namespace, Path target, String options)
      throws IOException {
    try {
      CommandResult answer = namespace.run(MountCommands.memoryCommand(options, target));
      if (!answer.hasSucceeded()) {
        throw new OverlayException(notCreatedProblem(answer.words()));
      }
      return new UpperMemory(namespace, target, openRoot(namespace.pathSeenHere(target)));
    } catch (IOException | RuntimeException | Error e) {
      namespace.postCommand(MountCommands.lazyUnmountCommand(target));
      throw e;
    }
  }

  private static Descriptor openRoot(Path root) throws SyscallException {
    return Descriptor.open(root, OpenFlags.PATH | OpenFlags.DIRECTORY);
  }

  private static Problem notCreatedProblem(String why) {
    return Problem.of(
        ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
        "No tmpfs can be mounted: " + why + ".",
        "Ask for less, or use Ephemeral.in(directory).");
  }

  /** The path by which this process sees it. */
  Path memoryPath() {
    return root.pathOfDirectory();
  }

  /** The path of something in it, relative to its root. */
  Path relativeName(Path inside) {
    return inside.subpath(memoryPath().getNameCount(), inside.getNameCount());
  }

  /** Unmounts it before it is used. */
  void withdrawMount() throws OverlayException {
    root.close();
    namespace.run(MountCommands.lazyUnmountCommand(target));
  }

  /** Unmounts it lazily; the kernel frees it when nothing in it is used. */
  @Override
  public void close() {
    root.close();
    namespace.postCommand(
        MountCommands.lazyUnmountCommand(target).andThen(ShellCommand.of("rmdir").addPath(target)));
  }
}
