package dev.overlays.linux.refusal;

import static dev.overlays.ProblemCode.PRIVILEGE_MISSING;
import static dev.overlays.ProblemCode.UPPER_FILE_SYSTEM_UNSUPPORTED;
import static dev.overlays.ProblemCode.UPPER_IN_USE;
import static dev.overlays.ProblemCode.UPPER_IS_SUBVOLUME_ROOT;
import static dev.overlays.ProblemCode.UPPER_LACKS_XATTR;
import static dev.overlays.ProblemCode.UPPER_NOT_WRITABLE;
import static dev.overlays.ProblemCode.UPPER_OF_OTHER_LOWER;
import static dev.overlays.ProblemCode.UPPER_READ_ONLY;
import static dev.overlays.ProblemCode.UPPER_WORK_ON_DIFFERENT_MOUNTS;
import static dev.overlays.ProblemCode.VOLATILE_LEFTOVER;
import static dev.overlays.ProblemCode.WORK_IN_USE;
import static dev.overlays.linux.refusal.Refusal.Told.CHECKING;
import static dev.overlays.linux.refusal.Refusal.Told.CHECKING_AS_NOBODY;
import static dev.overlays.linux.refusal.Refusal.Told.CHECKING_AS_ROOT;
import static dev.overlays.linux.refusal.Refusal.Told.MOUNTING;

import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Holder;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Uppers and work directories that cannot be written to, or must not be. */
final class UpperRefusals {
  private UpperRefusals() {}

  static List<Refusal> all() {
    return List.of(
        unsupported("vfat", s -> s.image("disk", "vfat", 8)),
        unsupported("squashfs", s -> s.packed("disk", "squashfs", full(s))),
        unsupported("erofs", s -> s.packed("disk", "erofs", full(s))),
        unsupported("overlay", s -> overlay(s, "disk", "lower", "upper", "work")),
        unsupported("fuse", UpperRefusals::fuse),
        Refusal.of(
            CHECKING,
            "proc",
            UPPER_FILE_SYSTEM_UNSUPPORTED,
            "/proc/sys",
            s -> {},
            (root, good) -> good.upper(Path.of("/proc/sys")).work(Path.of("/proc/bus"))),
        Refusal.of(
            CHECKING_AS_ROOT,
            "ramfs",
            UPPER_LACKS_XATTR,
            "disk/upper",
            s -> directories(s.mount("disk", "-t", "ramfs", "ramfs")),
            UpperRefusals::onDisk),
        Refusal.of(
            CHECKING,
            "mounted read-only",
            UPPER_READ_ONLY,
            "disk/upper",
            s -> {
              directories(s.tmpfs("disk"));
              Sandbox.run("mount", "-o", "remount,ro", s.path("disk").toString());
            },
            UpperRefusals::onDisk),
        Refusal.of(
            CHECKING,
            "work elsewhere",
            UPPER_WORK_ON_DIFFERENT_MOUNTS,
            "work",
            s -> directories(s.tmpfs("disk")),
            (root, good) -> good.upper(root.resolve("disk/upper"))),
        Refusal.of(
            CHECKING,
            "work on the same disk by another mount",
            UPPER_WORK_ON_DIFFERENT_MOUNTS,
            "work",
            s -> s.mount("work", "--bind", s.directory("elsewhere").toString())),
        Refusal.of(CHECKING, "immutable", UPPER_NOT_WRITABLE, "upper", s -> immutable(s, "upper")),
        Refusal.of(CHECKING, "immutable", UPPER_NOT_WRITABLE, "work", s -> immutable(s, "work")),
        Refusal.of(
            CHECKING,
            "full",
            UPPER_NOT_WRITABLE,
            "disk/work",
            UpperRefusals::fill,
            UpperRefusals::onDisk),
        Refusal.of(CHECKING_AS_NOBODY, "root's", UPPER_NOT_WRITABLE, "upper", s -> {}),
        Refusal.of(
            CHECKING_AS_NOBODY,
            "nothing else",
            PRIVILEGE_MISSING,
            null,
            s ->
                Sandbox.run(
                    "chown", "65534", s.path("upper").toString(), s.path("work").toString())),
        Refusal.of(
            CHECKING,
            "a subvolume",
            UPPER_IS_SUBVOLUME_ROOT,
            "disk/upper",
            s -> {
              Path disk = s.image("disk", "btrfs", 128);
              Sandbox.run("btrfs", "subvolume", "create", disk.resolve("upper").toString());
              directories(disk);
            },
            UpperRefusals::onDisk),
        Refusal.of(
            CHECKING_AS_ROOT,
            "by a view of this namespace",
            UPPER_IN_USE,
            "upper",
            s -> overlay(s, "view", "lower", "upper", "work2")),
        Refusal.of(
            CHECKING_AS_ROOT,
            "by a view of this namespace",
            WORK_IN_USE,
            "work",
            s -> overlay(s, "view", "lower", "upper2", "work")),
        Refusal.of(
            CHECKING_AS_ROOT,
            "by a view of another namespace",
            UPPER_IN_USE,
            "upper",
            UpperRefusals::useElsewhere),
        Refusal.of(
            MOUNTING,
            "indexed",
            UPPER_OF_OTHER_LOWER,
            "upper",
            s -> Overlays.mount(indexed(s)).close(),
            (root, good) ->
                good.lowers(List.of(root.resolve("upper2"))).options(o -> o.withIndex(true))),
        Refusal.of(
            CHECKING_AS_ROOT,
            "after a volatile view",
            VOLATILE_LEFTOVER,
            "work/work/incompat",
            s ->
                Overlays.mount(s.layers().options(o -> o.withVolatileUpper(true)).build())
                    .close()));
  }

  private static Refusal unsupported(String fileSystem, Refusal.Preparation preparation) {
    return Refusal.of(
        CHECKING,
        fileSystem,
        UPPER_FILE_SYSTEM_UNSUPPORTED,
        "disk/upper",
        sandbox -> {
          preparation.prepare(sandbox);
          if (!fileSystem.equals("squashfs") && !fileSystem.equals("erofs")) {
            directories(sandbox.path("disk"));
          }
        },
        UpperRefusals::onDisk);
  }

  /** Upper and work on the file system that is mounted at {@code disk}. */
  private static OverlaySpec.Builder onDisk(Path root, OverlaySpec.Builder good) {
    return good.upper(root.resolve("disk/upper")).work(root.resolve("disk/work"));
  }

  private static void directories(Path disk) throws IOException {
    Sandbox.run("mkdir", "-p", disk.resolve("upper").toString(), disk.resolve("work").toString());
  }

  private static Path full(Sandbox sandbox) throws IOException {
    directories(sandbox.directory("packed"));
    return sandbox.path("packed");
  }

  private static void immutable(Sandbox sandbox, String directory) throws IOException {
    String path = sandbox.path(directory).toString();
    Sandbox.run("chattr", "+i", path);
    sandbox.hold(() -> Sandbox.run("chattr", "-i", path));
  }

  /**
   * The kernel would mount this read-only; that it could be written to once makes no difference.
   */
  private static void fill(Sandbox sandbox) throws IOException {
    Path disk = sandbox.mount("disk", "-t", "tmpfs", "-o", "nr_inodes=20", "tmpfs");
    directories(disk);
    OverlaySpec.Builder before = sandbox.layers().mountPoint(sandbox.directory("before"));
    Overlays.mount(onDisk(sandbox.root(), before).build()).close();
    Sandbox.run("rm", "-r", disk.resolve("work/work").toString());
    Sandbox.run("sh", "-c", "while touch \"$0/$((i += 1))\"; do :; done; true", disk.toString());
  }

  private static void overlay(Sandbox sandbox, String view, String lower, String upper, String work)
      throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.directory(lower))
            .upper(sandbox.directory(upper))
            .work(sandbox.directory(work))
            .mountPoint(sandbox.directory(view))
            .build();
    sandbox.hold(Overlays.mount(spec)::close);
  }

  private static OverlaySpec indexed(Sandbox sandbox) throws IOException {
    sandbox.directory("upper2");
    return sandbox.layers().options(o -> o.withIndex(true)).build();
  }

  private static void fuse(Sandbox sandbox) throws IOException {
    String layers =
        "allow_other,lowerdir=%s,upperdir=%s,workdir=%s"
            .formatted(
                sandbox.path("lower"), sandbox.directory("upper2"), sandbox.directory("work2"));
    String view = sandbox.directory("disk").toString();
    Sandbox.run("fuse-overlayfs", "-o", layers, view);
    sandbox.hold(() -> Sandbox.run("umount", view));
  }

  private static void useElsewhere(Sandbox sandbox) throws IOException {
    sandbox.hold(
        Holder.inOwnNamespace(
            "mount -t overlay -o lowerdir=$1,upperdir=$2,workdir=$3 overlay $4",
            sandbox.path("lower"),
            sandbox.path("upper"),
            sandbox.directory("work2"),
            sandbox.directory("view")));
  }
}
