package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.context.MountMove;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A tree that is attached nowhere and holds a view at {@code dev/null/view-N}. The canonical path
 * of something in it begins with {@code /dev/null/view-N} then, and leads nowhere on the machine,
 * where {@code /dev/null} is no directory and nobody can create anything below it. A view that is
 * the root of its tree would have canonical paths that are other files of the machine.
 *
 * <p>The kernel takes a mount onto such a tree since Linux 6.15. Source: move_mount(2).
 */
final class DetachedTree implements AutoCloseable {
  private static final int SEARCHABLE = 0755;
  private static final Path HOLLOW = Path.of("dev", "null");
  private static final AtomicLong NEXT = new AtomicLong(1);

  private static volatile Boolean supported;

  private final Descriptor root;
  private final Path place;

  private DetachedTree(Descriptor root, Path place) {
    this.root = root;
    this.place = place;
  }

  /** Moves a mount that is attached nowhere into a new tree; it ends with the tree. */
  static DetachedTree treeHolding(Descriptor view) throws SyscallException {
    Path place = HOLLOW.resolve("view-" + NEXT.getAndIncrement());
    Descriptor root = memoryTree();
    try {
      for (int names = 1; names <= place.getNameCount(); names++) {
        makeDirectory(root, asciiBytes(place.subpath(0, names)));
      }
      try (Descriptor target = root.openAt(asciiBytes(place), OpenFlags.PATH)) {
        MountMove.moveMount(view, target);
      }
      return new DetachedTree(root, place);
    } catch (SyscallException | RuntimeException | Error e) {
      root.close();
      throw e;
    }
  }

  private static void makeDirectory(Descriptor root, byte[] place) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      root.callOn(Syscall.MKDIRAT, scratch.putString(place), SEARCHABLE);
    }
  }

  private static Descriptor memoryTree() throws SyscallException {
    try (MountContext context = MountContext.open("tmpfs")) {
      context.setString("source", "overlays");
      context.setString("mode", "0755");
      context.createSuperblock();
      return context.makeMount(0);
    }
  }

  private static byte[] asciiBytes(Path path) {
    return path.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Where this process sees the view: a path that ends in a directory, not in a link. */
  Path viewPath() {
    return root.pathOfDirectory().getParent().resolve(place);
  }

  /** Where the view is in the tree, as links of /proc name it. */
  Path treePlace() {
    return Path.of("/").resolve(place);
  }

  /** What is in the way of an unattached view, tried once a JVM. */
  static Optional<Problem> findObstacle(OverlaySpec spec) {
    return spec.isUnattached() && !isSupported()
        ? Optional.of(
            Problem.of(
                ProblemCode.OPTION_UNSUPPORTED,
                "This kernel does not take a mount onto a tree that is attached nowhere, as an"
                    + " unattached view needs.",
                "Leave unattached() out: the view is then mounted in a directory of this"
                    + " library's own. Or use Linux 6.15 or later."))
        : Optional.empty();
  }

  /** Remembered, unless it could not be tried for want of descriptors: the mount says so then. */
  private static boolean isSupported() {
    Boolean tried = supported;
    if (tried == null) {
      try (Descriptor memory = memoryTree();
          DetachedTree tree = treeHolding(memory)) {
        tried = tree != null;
      } catch (SyscallException e) {
        if (e.errno().isShortage()) {
          return true;
        }
        tried = false;
      }
      supported = tried;
    }
    return tried;
  }

  @Override
  public void close() {
    root.close();
  }
}
