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
import static dev.overlays.linux.refusal.Refusal.Told.CHECKING;
import static dev.overlays.linux.refusal.Refusal.Told.CHECKING_AS_NOBODY;
import static dev.overlays.linux.refusal.Refusal.Told.MOUNTING;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/** Places where a view cannot be mounted, or an instance not be made. */
final class MountPointRefusals {
  private MountPointRefusals() {}

  static List<Refusal> all() {
    return List.of(
        Refusal.of(
            CHECKING,
            "missing",
            MOUNT_POINT_NOT_FOUND,
            "elsewhere/view",
            s -> {},
            at("elsewhere/view")),
        Refusal.of(CHECKING, "a file", MOUNT_POINT_NOT_DIRECTORY, "mnts", s -> replace(s, "mnts")),
        Refusal.of(
            CHECKING, "a file in it", MOUNT_POINT_NOT_EMPTY, "mnts", s -> s.file("mnts/file", "")),
        Refusal.of(CHECKING, "a tmpfs", MOUNT_POINT_IN_USE, "mnts", s -> s.tmpfs("mnts")),
        Refusal.of(
            CHECKING,
            "link to itself",
            MOUNT_POINT_NOT_ACCESSIBLE,
            "loop",
            s -> Files.createSymbolicLink(s.path("loop"), s.path("loop")),
            at("loop")),
        Refusal.of(
            CHECKING_AS_NOBODY,
            "mode 000",
            MOUNT_POINT_NOT_ACCESSIBLE,
            "mnts",
            s -> Sandbox.run("chmod", "000", s.path("mnts").toString())),
        Refusal.of(
            CHECKING,
            "no disk",
            INSTANCE_DIRECTORY_NOT_FOUND,
            "disk",
            s -> {},
            instance("disk/instance")),
        Refusal.of(
            CHECKING,
            "instance is a file",
            MOUNT_POINT_NOT_DIRECTORY,
            "instance/mnts",
            s -> s.file("instance", ""),
            instance("instance")),
        Refusal.of(
            CHECKING,
            "instance on a read-only disk",
            UPPER_READ_ONLY,
            "disk",
            s -> s.mount("disk", "-t", "tmpfs", "-o", "ro", "tmpfs"),
            instance("disk/instance")),
        Refusal.of(
            CHECKING,
            "instance on proc",
            UPPER_FILE_SYSTEM_UNSUPPORTED,
            "/proc",
            s -> {},
            instance("/proc/instance")),
        Refusal.of(
            CHECKING,
            "instance in an immutable directory",
            UPPER_NOT_WRITABLE,
            "place",
            s -> {
              String place = s.directory("place").toString();
              Sandbox.run("chattr", "+i", place);
              s.hold(() -> Sandbox.run("chattr", "-i", place));
            },
            instance("place/instance")),
        Refusal.of(
            MOUNTING,
            "a dangling link is in the way",
            DIRECTORY_NOT_CREATED,
            "instance",
            s ->
                Files.createSymbolicLink(
                    s.directory("instance").resolve("mnts"), s.path("nowhere")),
            instance("instance")));
  }

  private static void replace(Sandbox sandbox, String directory) throws java.io.IOException {
    Files.delete(sandbox.path(directory));
    sandbox.file(directory, "");
  }

  private static BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> at(String path) {
    return (root, good) -> good.mountPoint(root.resolve(path));
  }

  private static BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> instance(String path) {
    return (root, good) -> good.instance(root.resolve(path));
  }
}
