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
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.CHECKING;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.CHECKING_AS_NOBODY;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.CHECKING_AS_ROOT;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.MOUNTING;

import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Uppers and work directories that cannot be written to, or must not be. */
final class UpperRefusals {
  private UpperRefusals() {}

  static List<ExpectedRefusal> all() {
    return List.of(
        unsupportedFileSystem("vfat", s -> s.mountImage("disk", "vfat", 8)),
        unsupportedFileSystem(
            "squashfs", s -> s.mountPacked("disk", "squashfs", makePackedLayers(s))),
        unsupportedFileSystem("erofs", s -> s.mountPacked("disk", "erofs", makePackedLayers(s))),
        unsupportedFileSystem("overlay", s -> mountOverlay(s, "disk", "lower", "upper", "work")),
        unsupportedFileSystem("fuse", UpperRefusals::mountFuse),
        ExpectedRefusal.of(
            CHECKING,
            "proc",
            UPPER_FILE_SYSTEM_UNSUPPORTED,
            "/proc/sys",
            s -> {},
            (root, good) -> good.upper(Path.of("/proc/sys")).work(Path.of("/proc/bus"))),
        ExpectedRefusal.of(
            CHECKING_AS_ROOT,
            "ramfs",
            UPPER_LACKS_XATTR,
            "disk/upper",
            s -> makeDirectories(s.mountAt("disk", "-t", "ramfs", "ramfs")),
            UpperRefusals::onDisk),
        ExpectedRefusal.of(
            CHECKING,
            "mounted read-only",
            UPPER_READ_ONLY,
            "disk/upper",
            s -> {
              makeDirectories(s.mountTmpfs("disk"));
              Sandbox.run("mount", "-o", "remount,ro", s.path("disk").toString());
            },
            UpperRefusals::onDisk),
        ExpectedRefusal.of(
            CHECKING,
            "work elsewhere",
            UPPER_WORK_ON_DIFFERENT_MOUNTS,
            "work",
            s -> makeDirectories(s.mountTmpfs("disk")),
            (root, good) -> good.upper(root.resolve("disk/upper"))),
        ExpectedRefusal.of(
            CHECKING,
            "work on the same disk by another mount",
            UPPER_WORK_ON_DIFFERENT_MOUNTS,
            "work",
            s -> s.mountAt("work", "--bind", s.createDirectory("elsewhere").toString())),
        ExpectedRefusal.of(
            CHECKING, "immutable", UPPER_NOT_WRITABLE, "upper", s -> makeImmutable(s, "upper")),
        ExpectedRefusal.of(
            CHECKING, "immutable", UPPER_NOT_WRITABLE, "work", s -> makeImmutable(s, "work")),
        ExpectedRefusal.of(
            CHECKING,
            "full",
            UPPER_NOT_WRITABLE,
            "disk/work",
            UpperRefusals::fillDisk,
            UpperRefusals::onDisk),
        ExpectedRefusal.of(CHECKING_AS_NOBODY, "root's", UPPER_NOT_WRITABLE, "upper", s -> {}),
        ExpectedRefusal.of(
            CHECKING_AS_NOBODY,
            "nothing else",
            PRIVILEGE_MISSING,
            null,
            s ->
                Sandbox.run(
                    "chown", "65534", s.path("upper").toString(), s.path("work").toString())),
        ExpectedRefusal.of(
            CHECKING,
            "a subvolume",
            UPPER_IS_SUBVOLUME_ROOT,
            "disk/upper",
            s -> {
              Path disk = s.mountImage("disk", "btrfs", 128);
              Sandbox.run("btrfs", "subvolume", "create", disk.resolve("upper").toString());
              makeDirectories(disk);
            },
            UpperRefusals::onDisk),
        ExpectedRefusal.of(
            CHECKING_AS_ROOT,
            "by a view of this namespace",
            UPPER_IN_USE,
            "upper",
            s -> mountOverlay(s, "view", "lower", "upper", "work2")),
        ExpectedRefusal.of(
            CHECKING_AS_ROOT,
            "by a view of this namespace",
            WORK_IN_USE,
            "work",
            s -> mountOverlay(s, "view", "lower", "upper2", "work")),
        ExpectedRefusal.of(
            CHECKING_AS_ROOT,
            "by a view of another namespace",
            UPPER_IN_USE,
            "upper",
            UpperRefusals::useElsewhere),
        ExpectedRefusal.of(
            MOUNTING,
            "indexed",
            UPPER_OF_OTHER_LOWER,
            "upper",
            s -> Overlays.mount(indexedSpec(s)).close(),
            (root, good) ->
                good.lowers(List.of(root.resolve("upper2"))).options(o -> o.withIndex(true))),
        ExpectedRefusal.of(
            CHECKING_AS_ROOT,
            "after a volatile view",
            VOLATILE_LEFTOVER,
            "work/work/incompat",
            s ->
                Overlays.mount(s.newLayers().options(o -> o.withVolatileUpper(true)).build())
                    .close()));
  }

  private static ExpectedRefusal unsupportedFileSystem(
      String fileSystem, ExpectedRefusal.DiskPreparation preparation) {
    return ExpectedRefusal.of(
        CHECKING,
        fileSystem,
        UPPER_FILE_SYSTEM_UNSUPPORTED,
        "disk/upper",
        sandbox -> {
          preparation.prepare(sandbox);
          if (!fileSystem.equals("squashfs") && !fileSystem.equals("erofs")) {
            makeDirectories(sandbox.path("disk"));
          }
        },
        UpperRefusals::onDisk);
  }

  /** Upper and work on the file system that is mounted at {@code disk}. */
  private static OverlaySpec.Builder onDisk(Path root, OverlaySpec.Builder good) {
    return good.upper(root.resolve("disk/upper")).work(root.resolve("disk/work"));
  }

  private static void makeDirectories(Path disk) throws IOException {
    Sandbox.run("mkdir", "-p", disk.resolve("upper").toString(), disk.resolve("work").toString());
  }

  private static Path makePackedLayers(Sandbox sandbox) throws IOException {
    makeDirectories(sandbox.createDirectory("packed"));
    return sandbox.path("packed");
  }

  private static void makeImmutable(Sandbox sandbox, String directory) throws IOException {
    String path = sandbox.path(directory).toString();
    Sandbox.run("chattr", "+i", path);
    sandbox.closeLater(() -> Sandbox.run("chattr", "-i", path));
  }

  /**
   * The kernel would mount this read-only; that it could be written to once makes no difference.
   */
  private static void fillDisk(Sandbox sandbox) throws IOException {
    Path disk = sandbox.mountAt("disk", "-t", "tmpfs", "-o", "nr_inodes=20", "tmpfs");
    makeDirectories(disk);
    OverlaySpec.Builder before = sandbox.newLayers().mountPoint(sandbox.createDirectory("before"));
    Overlays.mount(onDisk(sandbox.root(), before).build()).close();
    Sandbox.run("rm", "-r", disk.resolve("work/work").toString());
    Sandbox.run("sh", "-c", "while touch \"$0/$((i += 1))\"; do :; done; true", disk.toString());
  }

  private static void mountOverlay(
      Sandbox sandbox, String view, String lower, String upper, String work) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory(lower))
            .upper(sandbox.createDirectory(upper))
            .work(sandbox.createDirectory(work))
            .mountPoint(sandbox.createDirectory(view))
            .build();
    sandbox.closeLater(Overlays.mount(spec)::close);
  }

  private static OverlaySpec indexedSpec(Sandbox sandbox) throws IOException {
    sandbox.createDirectory("upper2");
    return sandbox.newLayers().options(o -> o.withIndex(true)).build();
  }

  private static void mountFuse(Sandbox sandbox) throws IOException {
    String layers =
        "allow_other,lowerdir=%s,upperdir=%s,workdir=%s"
            .formatted(
                sandbox.path("lower"),
                sandbox.createDirectory("upper2"),
                sandbox.createDirectory("work2"));
    String view = sandbox.createDirectory("disk").toString();
    Sandbox.run("fuse-overlayfs", "-o", layers, view);
    sandbox.closeLater(() -> Sandbox.run("umount", view));
  }

  private static void useElsewhere(Sandbox sandbox) throws IOException {
    sandbox.closeLater(
        HoldingProcess.inOwnNamespace(
            "mount -t overlay -o lowerdir=$1,upperdir=$2,workdir=$3 overlay $4",
            sandbox.path("lower"),
            sandbox.path("upper"),
            sandbox.createDirectory("work2"),
            sandbox.createDirectory("view")));
  }
}
