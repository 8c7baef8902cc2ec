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
 * A mount tree that is attached nowhere and holds a view at {@code dev/null/view-N}. Canonical
 * paths of files in the view begin with {@code /dev/null/view-N} and lead nowhere on the machine,
 * where {@code /dev/null} is no directory and nothing can be created below it. If the view were the
 * root of its tree, its canonical paths would name other files of the machine.
 *
 * <p>The kernel accepts a mount onto such a tree since Linux 6.15. Source: move_mount(2).
 */
final class DetachedTree implements AutoCloseable {
  private static final int DIRECTORY_MODE = 0755;
  private static final Path PARENT_OF_VIEWS = Path.of("dev", "null");
  private static final AtomicLong NEXT_NUMBER = new AtomicLong(1);

  private static volatile Boolean supported;

  private final Descriptor root;
  private final Path place;

  private DetachedTree(Descriptor root, Path place) {
    this.root = root;
    this.place = place;
  }

  /** Moves a mount that is attached nowhere into a new tree; the mount ends with the tree. */
  static DetachedTree createHolding(Descriptor view) throws SyscallException {
    Path place = PARENT_OF_VIEWS.resolve("view-" + NEXT_NUMBER.getAndIncrement());
    Descriptor root = createMemoryTree();
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
      root.callOn(Syscall.MKDIRAT, scratch.putString(place), DIRECTORY_MODE);
    }
  }

  private static Descriptor createMemoryTree() throws SyscallException {
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

  /** The path by which this process sees the view; it ends in a directory, not in a link. */
  Path viewPath() {
    return root.pathOfDirectory().getParent().resolve(place);
  }

  /** The path of the view in the tree, as links of /proc name it. */
  Path pathInTree() {
    return Path.of("/").resolve(place);
  }

  /** Returns why an unattached view cannot be mounted; tried once per JVM. */
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

  /**
   * Remembers the answer, unless a lack of descriptors prevented the trial; the mount reports that
   * itself.
   */
  private static boolean isSupported() {
    Boolean tried = supported;
    if (tried == null) {
      try (Descriptor memory = createMemoryTree();
          DetachedTree tree = createHolding(memory)) {
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
