package dev.overlays.linux.refusal;

import static dev.overlays.ProblemCode.DIRECTORY_NOT_CREATED;
import static dev.overlays.ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND;
import static dev.overlays.ProblemCode.MOUNT_POINT_IN_USE;
import static dev.overlays.ProblemCode.MOUNT_POINT_NOT_ACCESSIBLE;
import static dev.overlays.ProblemCode.MOUNT_POINT_NOT_DIRECTORY;
import static dev.overlays.ProblemCode.MOUNT_POINT_NOT_EMPTY;
import static dev.overlays.ProblemCode.MOUNT_POINT_NOT_FOUND;
import static dev.overlays.ProblemCode.UPPER_FILE_SYSTEM_UNSUPPORTED;
import static dev.overlays.ProblemCode.UPPER_NOT_WRITABLE;
import static dev.overlays.ProblemCode.UPPER_READ_ONLY;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.CHECKING;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.CHECKING_AS_NOBODY;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.MOUNTING;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/** Places where a view cannot be mounted, or an instance not be made. */
final class MountPointRefusals {
  private MountPointRefusals() {}

  static List<ExpectedRefusal> all() {
    return List.of(
        ExpectedRefusal.of(
            CHECKING,
            "missing",
            MOUNT_POINT_NOT_FOUND,
            "elsewhere/view",
            s -> {},
            mountPointAt("elsewhere/view")),
        ExpectedRefusal.of(
            CHECKING, "a file", MOUNT_POINT_NOT_DIRECTORY, "mnts", s -> replaceByFile(s, "mnts")),
        ExpectedRefusal.of(
            CHECKING,
            "a file in it",
            MOUNT_POINT_NOT_EMPTY,
            "mnts",
            s -> s.createFile("mnts/file", "")),
        ExpectedRefusal.of(
            CHECKING, "a tmpfs", MOUNT_POINT_IN_USE, "mnts", s -> s.mountTmpfs("mnts")),
        ExpectedRefusal.of(
            CHECKING,
            "link to itself",
            MOUNT_POINT_NOT_ACCESSIBLE,
            "loop",
            s -> Files.createSymbolicLink(s.path("loop"), s.path("loop")),
            mountPointAt("loop")),
        ExpectedRefusal.of(
            CHECKING_AS_NOBODY,
            "mode 000",
            MOUNT_POINT_NOT_ACCESSIBLE,
            "mnts",
            s -> Sandbox.run("chmod", "000", s.path("mnts").toString())),
        ExpectedRefusal.of(
            CHECKING,
            "no disk",
            INSTANCE_DIRECTORY_NOT_FOUND,
            "disk",
            s -> {},
            instanceAt("disk/instance")),
        ExpectedRefusal.of(
            CHECKING,
            "instance is a file",
            MOUNT_POINT_NOT_DIRECTORY,
            "instance/mnts",
            s -> s.createFile("instance", ""),
            instanceAt("instance")),
        ExpectedRefusal.of(
            CHECKING,
            "instance on a read-only disk",
            UPPER_READ_ONLY,
            "disk",
            s -> s.mountAt("disk", "-t", "tmpfs", "-o", "ro", "tmpfs"),
            instanceAt("disk/instance")),
        ExpectedRefusal.of(
            CHECKING,
            "instance on proc",
            UPPER_FILE_SYSTEM_UNSUPPORTED,
            "/proc",
            s -> {},
            instanceAt("/proc/instance")),
        ExpectedRefusal.of(
            CHECKING,
            "instance in an immutable directory",
            UPPER_NOT_WRITABLE,
            "place",
            s -> {
              String place = s.createDirectory("place").toString();
              Sandbox.run("chattr", "+i", place);
              s.closeLater(() -> Sandbox.run("chattr", "-i", place));
            },
            instanceAt("place/instance")),
        ExpectedRefusal.of(
            MOUNTING,
            "a dangling link is in the way",
            DIRECTORY_NOT_CREATED,
            "instance",
            s ->
                Files.createSymbolicLink(
                    s.createDirectory("instance").resolve("mnts"), s.path("nowhere")),
            instanceAt("instance")));
  }

  private static void replaceByFile(Sandbox sandbox, String directory) throws java.io.IOException {
    Files.delete(sandbox.path(directory));
    sandbox.createFile(directory, "");
  }

  private static BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> mountPointAt(
      String path) {
    return (root, good) -> good.mountPoint(root.resolve(path));
  }

  private static BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> instanceAt(
      String path) {
    return (root, good) -> good.instance(root.resolve(path));
  }
}
