package dev.overlays.linux.refusal;

import static dev.overlays.ProblemCode.EPHEMERAL_UPPER_NOT_CREATED;
import static dev.overlays.ProblemCode.LAYER_IN_USE;
import static dev.overlays.ProblemCode.LAYER_LOCKED;
import static dev.overlays.ProblemCode.LAYER_NESTED;
import static dev.overlays.ProblemCode.LAYER_NOT_ACCESSIBLE;
import static dev.overlays.ProblemCode.LAYER_NOT_DIRECTORY;
import static dev.overlays.ProblemCode.LAYER_NOT_FOUND;
import static dev.overlays.ProblemCode.LAYER_REPEATED;
import static dev.overlays.ProblemCode.LOWER_FILE_SYSTEM_UNSUPPORTED;
import static dev.overlays.ProblemCode.LOWER_NOT_IDMAPPABLE;
import static dev.overlays.ProblemCode.OPTION_NOT_IN_FORCE;
import static dev.overlays.ProblemCode.PRIVATE_PATH_UNRESOLVABLE;
import static dev.overlays.ProblemCode.STACKING_TOO_DEEP;
import static dev.overlays.ProblemCode.UPPER_WORK_NESTED;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.CHECKING;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.CHECKING_AS_NOBODY;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.MOUNTING;

import dev.overlays.Ephemeral;
import dev.overlays.IdMapping;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Layers that are not there, not apart, or not what they should be. */
final class LayerRefusals {
  private LayerRefusals() {}

  static List<ExpectedRefusal> all() {
    return List.of(
        ExpectedRefusal.of(
            CHECKING, "lower", LAYER_NOT_FOUND, "lower", s -> Files.delete(s.path("lower"))),
        ExpectedRefusal.of(
            CHECKING,
            "upper",
            LAYER_NOT_FOUND,
            "other/upper",
            s -> s.createDirectory("other/work"),
            LayerRefusals::withOtherUpper),
        ExpectedRefusal.of(
            CHECKING,
            "work",
            LAYER_NOT_FOUND,
            "other/work",
            s -> s.createDirectory("other/upper"),
            LayerRefusals::withOtherUpper),
        ExpectedRefusal.of(
            CHECKING,
            "second lower",
            LAYER_NOT_FOUND,
            "second",
            s -> {},
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            CHECKING,
            "data-only lower",
            LAYER_NOT_FOUND,
            "data",
            s -> {},
            (root, good) ->
                good.dataLower(root.resolve("data"))
                    .options(o -> o.withMetacopy(true).withRedirectDir(RedirectDir.ON))),
        ExpectedRefusal.of(
            CHECKING,
            "a file",
            LAYER_NOT_DIRECTORY,
            "second",
            s -> s.createFile("second", ""),
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            CHECKING,
            "below a file",
            LAYER_NOT_DIRECTORY,
            "file/upper",
            s -> s.createFile("file", ""),
            (root, good) -> good.upper(root.resolve("file/upper"))),
        ExpectedRefusal.of(
            CHECKING,
            "link to itself",
            LAYER_NOT_ACCESSIBLE,
            "second",
            s -> linkSecond(s, "second"),
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            CHECKING_AS_NOBODY,
            "mode 000",
            LAYER_NOT_ACCESSIBLE,
            "lower",
            s -> Sandbox.run("chmod", "000", s.path("lower").toString())),
        ExpectedRefusal.of(
            CHECKING,
            "by a link",
            LAYER_REPEATED,
            "second",
            s -> linkSecond(s, "lower"),
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            CHECKING,
            "lower in lower",
            LAYER_NESTED,
            "lower/inner",
            s -> s.createDirectory("lower/inner"),
            (root, good) -> good.lower(root.resolve("lower/inner"))),
        ExpectedRefusal.of(
            CHECKING,
            "upper in lower",
            LAYER_NESTED,
            "lower/upper",
            s -> s.createDirectory("lower/upper"),
            (root, good) -> good.upper(root.resolve("lower/upper"))),
        ExpectedRefusal.of(
            CHECKING,
            "lower in upper",
            LAYER_NESTED,
            "upper/inner",
            s -> s.createDirectory("upper/inner"),
            (root, good) -> good.lower(root.resolve("upper/inner"))),
        ExpectedRefusal.of(
            CHECKING,
            "by a link",
            LAYER_NESTED,
            "second",
            s -> linkSecond(s, s.createDirectory("lower/deep/inner").toString()),
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            MOUNTING,
            "by a bind mount",
            LAYER_NESTED,
            "lower",
            LayerRefusals::bindSecond,
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            CHECKING,
            "by a link",
            UPPER_WORK_NESTED,
            "second",
            s -> linkSecond(s, s.createDirectory("upper/inner").toString()),
            (root, good) -> good.work(root.resolve("second"))),
        ExpectedRefusal.of(
            CHECKING,
            "being merged",
            LAYER_LOCKED,
            "lower",
            s -> claimLayers(s, "upper2", "work2")),
        ExpectedRefusal.of(
            CHECKING,
            "the upper too",
            LAYER_LOCKED,
            "upper",
            s -> claimLayers(s, "upper", "work2")),
        ExpectedRefusal.of(
            MOUNTING,
            "the upper of a live view, indexed",
            LAYER_IN_USE,
            "second",
            LayerRefusals::writeToSecond,
            (root, good) ->
                good.lowers(List.of(root.resolve("second"))).options(o -> o.withIndex(true))),
        ExpectedRefusal.of(
            CHECKING,
            "a new instance inside the lower",
            LAYER_NESTED,
            "lower",
            s -> {},
            (root, good) ->
                OverlaySpec.builder()
                    .lower(root.resolve("lower"))
                    .instance(root.resolve("lower/instance"))),
        ExpectedRefusal.of(
            CHECKING,
            "an instance deep inside the lower",
            LAYER_NESTED,
            "lower/deep/instance",
            s -> s.createDirectory("lower/deep/instance"),
            (root, good) ->
                OverlaySpec.builder()
                    .lower(root.resolve("lower"))
                    .instance(root.resolve("lower/deep/instance"))),
        ExpectedRefusal.of(
            CHECKING,
            "a third storey",
            STACKING_TOO_DEEP,
            "second",
            LayerRefusals::mountSecondStorey,
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            CHECKING,
            "on an overlay",
            LOWER_NOT_IDMAPPABLE,
            "below",
            LayerRefusals::mountBelow,
            (root, good) -> good.lower(root.resolve("below"), IdMapping.of(0, 100_000, 65_536))),
        ExpectedRefusal.of(
            CHECKING,
            "a missing place",
            EPHEMERAL_UPPER_NOT_CREATED,
            "missing",
            s -> {},
            (root, good) ->
                OverlaySpec.builder()
                    .lower(root.resolve("lower"))
                    .ephemeral(Ephemeral.in(root.resolve("missing")))),
        ExpectedRefusal.of(
            CHECKING,
            "procfs",
            LOWER_FILE_SYSTEM_UNSUPPORTED,
            "/proc/sys/kernel",
            s -> {},
            (root, good) -> good.lower(Path.of("/proc/sys/kernel"))),
        ExpectedRefusal.of(
            MOUNTING,
            "vfat",
            LOWER_FILE_SYSTEM_UNSUPPORTED,
            "second",
            s -> s.mountImage("second", "vfat", 8),
            LayerRefusals::withSecondLower),
        ExpectedRefusal.of(
            MOUNTING,
            "an index without file handles",
            OPTION_NOT_IN_FORCE,
            "mnts",
            s -> s.mountAt("second", "-t", "ramfs", "ramfs"),
            (root, good) -> withSecondLower(root, good).options(o -> o.withIndex(true))),
        ExpectedRefusal.of(
            MOUNTING,
            "through a link",
            PRIVATE_PATH_UNRESOLVABLE,
            "lower/link",
            s -> Files.createSymbolicLink(s.path("lower/link"), s.createDirectory("lower/real")),
            (root, good) -> good.privatePath("link/config")));
  }

  private static OverlaySpec.Builder withSecondLower(Path root, OverlaySpec.Builder good) {
    return good.lower(root.resolve("second"));
  }

  /** Not beside the mount point, so that they are not created. */
  private static OverlaySpec.Builder withOtherUpper(Path root, OverlaySpec.Builder good) {
    return good.upper(root.resolve("other/upper")).work(root.resolve("other/work"));
  }

  private static void linkSecond(Sandbox sandbox, String target) throws IOException {
    Files.createSymbolicLink(sandbox.path("second"), sandbox.path(target));
  }

  private static void bindSecond(Sandbox sandbox) throws IOException {
    sandbox.mountAt("second", "--bind", sandbox.createDirectory("lower/inner").toString());
  }

  private static void claimLayers(Sandbox sandbox, String upper, String work) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("lower"))
            .upper(sandbox.createDirectory(upper))
            .work(sandbox.createDirectory(work))
            .build();
    sandbox.closeLater(LayerStore.of(sandbox.root()).claim(spec));
  }

  private static void writeToSecond(Sandbox sandbox) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("lower"))
            .upper(sandbox.createDirectory("second"))
            .work(sandbox.createDirectory("work2"))
            .mountPoint(sandbox.createDirectory("view"))
            .build();
    sandbox.closeLater(Overlays.mount(spec)::close);
  }

  /** An overlay over an overlay, to be the lower of another. */
  private static void mountSecondStorey(Sandbox sandbox) throws IOException {
    OverlaySpec first =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("a"))
            .lower(sandbox.createDirectory("b"))
            .mountPoint(sandbox.createDirectory("first"))
            .build();
    sandbox.closeLater(Overlays.mount(first)::close);
    OverlaySpec second =
        OverlaySpec.builder()
            .lower(sandbox.path("first"))
            .lower(sandbox.createDirectory("c"))
            .mountPoint(sandbox.createDirectory("second"))
            .build();
    sandbox.closeLater(Overlays.mount(second)::close);
  }

  private static void mountBelow(Sandbox sandbox) throws IOException {
    String lowers = sandbox.createDirectory("one") + ":" + sandbox.createDirectory("other");
    sandbox.mountAt("below", "-t", "overlay", "overlay", "-o", "lowerdir=" + lowers);
  }
}
