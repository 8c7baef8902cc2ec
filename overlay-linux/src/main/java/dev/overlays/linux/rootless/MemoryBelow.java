package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.namespace.Answer;
import dev.overlays.linux.namespace.Namespace;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of memory at the place where a view is going to lie over it: before Linux 6.15 no
 * layer may be on one that is mounted nowhere. A descriptor keeps what is in it while the view is
 * unmounted and its upper may still be wanted.
 */
final class MemoryBelow implements Closeable {
  private final Namespace namespace;
  private final Path target;
  private final Descriptor root;
  private final FileId id;

  private MemoryBelow(Namespace namespace, Path target, Descriptor root, FileId id) {
    this.namespace = namespace;
    this.target = target;
    this.root = root;
    this.id = id;
  }

  /** Mounts it, and makes it the working directory of the namespace. */
  static MemoryBelow mount(Ephemeral.Memory place, Namespace namespace, Path target)
      throws OverlayException {
    String size = place.limit().isPresent() ? ",size=" + place.limit().getAsLong() : "";
    Answer answer = namespace.run(MountPrograms.memory("mode=0700" + size, target));
    if (!answer.succeeded()) {
      throw new OverlayException(notMade(answer.words()));
    }
    try {
      Descriptor root =
          Descriptor.open(namespace.seen(target), Open.PATH | Open.DIRECTORY).outOfTheWay();
      return new MemoryBelow(namespace, target, root, FileId.of(root));
    } catch (SyscallException e) {
      namespace.run(MountPrograms.leave());
      namespace.run(MountPrograms.unmountLazily(target));
      throw new OverlayException(List.of(notMade(e.getMessage())), e);
    }
  }

  private static Problem notMade(String why) {
    return Problem.of(
        ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
        "No file system of memory can be made: " + why + ".",
        "Ask for less, or use Ephemeral.in(directory).");
  }

  /** Where this process sees it. */
  Path path() {
    return root.pathOfDirectory();
  }

  /** The name by which the namespace finds something in it, as long as it is there. */
  Path name(Path inside) {
    return inside.subpath(path().getNameCount(), inside.getNameCount());
  }

  /** Takes it from its place, where nothing lies over it any more; what is in it stays. */
  void uncover() throws OverlayException {
    synchronized (namespace) {
      if (namespace.isAlive() && isOnTop()) {
        namespace.run(MountPrograms.leave());
        namespace.run(MountPrograms.unmountLazily(target));
      }
    }
  }

  private boolean isOnTop() {
    try {
      FileId there = FileId.of(PathBytes.of(namespace.seen(target)));
      return there.mountId() == id.mountId() && there.uniqueMountId() == id.uniqueMountId();
    } catch (SyscallException e) {
      return false;
    }
  }

  @Override
  public void close() throws OverlayException {
    root.close();
    uncover();
  }
}
