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
import static dev.overlays.linux.refusal.Refusal.Told.CHECKING;
import static dev.overlays.linux.refusal.Refusal.Told.CHECKING_AS_NOBODY;
import static dev.overlays.linux.refusal.Refusal.Told.MOUNTING;

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

  static List<Refusal> all() {
    return List.of(
        Refusal.of(CHECKING, "lower", LAYER_NOT_FOUND, "lower", s -> Files.delete(s.path("lower"))),
        Refusal.of(
            CHECKING,
            "upper",
            LAYER_NOT_FOUND,
            "other/upper",
            s -> s.directory("other/work"),
            LayerRefusals::other),
        Refusal.of(
            CHECKING,
            "work",
            LAYER_NOT_FOUND,
            "other/work",
            s -> s.directory("other/upper"),
            LayerRefusals::other),
        Refusal.of(
            CHECKING, "second lower", LAYER_NOT_FOUND, "second", s -> {}, LayerRefusals::second),
        Refusal.of(
            CHECKING,
            "data-only lower",
            LAYER_NOT_FOUND,
            "data",
            s -> {},
            (root, good) ->
                good.dataLower(root.resolve("data"))
                    .options(o -> o.withMetacopy(true).withRedirectDir(RedirectDir.ON))),
        Refusal.of(
            CHECKING,
            "a file",
            LAYER_NOT_DIRECTORY,
            "second",
            s -> s.file("second", ""),
            LayerRefusals::second),
        Refusal.of(
            CHECKING,
            "below a file",
            LAYER_NOT_DIRECTORY,
            "file/upper",
            s -> s.file("file", ""),
            (root, good) -> good.upper(root.resolve("file/upper"))),
        Refusal.of(
            CHECKING,
            "link to itself",
            LAYER_NOT_ACCESSIBLE,
            "second",
            s -> link(s, "second"),
            LayerRefusals::second),
        Refusal.of(
            CHECKING_AS_NOBODY,
            "mode 000",
            LAYER_NOT_ACCESSIBLE,
            "lower",
            s -> Sandbox.run("chmod", "000", s.path("lower").toString())),
        Refusal.of(
            CHECKING,
            "by a link",
            LAYER_REPEATED,
            "second",
            s -> link(s, "lower"),
            LayerRefusals::second),
        Refusal.of(
            CHECKING,
            "lower in lower",
            LAYER_NESTED,
            "lower/inner",
            s -> s.directory("lower/inner"),
            (root, good) -> good.lower(root.resolve("lower/inner"))),
        Refusal.of(
            CHECKING,
            "upper in lower",
            LAYER_NESTED,
            "lower/upper",
            s -> s.directory("lower/upper"),
            (root, good) -> good.upper(root.resolve("lower/upper"))),
        Refusal.of(
            CHECKING,
            "lower in upper",
            LAYER_NESTED,
            "upper/inner",
            s -> s.directory("upper/inner"),
            (root, good) -> good.lower(root.resolve("upper/inner"))),
        Refusal.of(
            CHECKING,
            "by a link",
            LAYER_NESTED,
            "second",
            s -> link(s, s.directory("lower/deep/inner").toString()),
            LayerRefusals::second),
        Refusal.of(
            MOUNTING,
            "by a bind mount",
            LAYER_NESTED,
            "lower",
            LayerRefusals::bind,
            LayerRefusals::second),
        Refusal.of(
            CHECKING,
            "by a link",
            UPPER_WORK_NESTED,
            "second",
            s -> link(s, s.directory("upper/inner").toString()),
            (root, good) -> good.work(root.resolve("second"))),
        Refusal.of(
            CHECKING, "being merged", LAYER_LOCKED, "lower", s -> claim(s, "upper2", "work2")),
        Refusal.of(
            CHECKING, "the upper too", LAYER_LOCKED, "upper", s -> claim(s, "upper", "work2")),
        Refusal.of(
            MOUNTING,
            "the upper of a live view, indexed",
            LAYER_IN_USE,
            "second",
            LayerRefusals::writeToSecond,
            (root, good) ->
                good.lowers(List.of(root.resolve("second"))).options(o -> o.withIndex(true))),
        Refusal.of(
            CHECKING,
            "a new instance inside the lower",
            LAYER_NESTED,
            "lower",
            s -> {},
            (root, good) ->
                OverlaySpec.builder()
                    .lower(root.resolve("lower"))
                    .instance(root.resolve("lower/instance"))),
        Refusal.of(
            CHECKING,
            "an instance deep inside the lower",
            LAYER_NESTED,
            "lower/deep/instance",
            s -> s.directory("lower/deep/instance"),
            (root, good) ->
                OverlaySpec.builder()
                    .lower(root.resolve("lower"))
                    .instance(root.resolve("lower/deep/instance"))),
        Refusal.of(
            CHECKING,
            "a third storey",
            STACKING_TOO_DEEP,
            "second",
            LayerRefusals::stack,
            LayerRefusals::second),
        Refusal.of(
            CHECKING,
            "on an overlay",
            LOWER_NOT_IDMAPPABLE,
            "below",
            LayerRefusals::overlay,
            (root, good) -> good.lower(root.resolve("below"), IdMapping.of(0, 100_000, 65_536))),
        Refusal.of(
            CHECKING,
            "a missing place",
            EPHEMERAL_UPPER_NOT_CREATED,
            "missing",
            s -> {},
            (root, good) ->
                OverlaySpec.builder()
                    .lower(root.resolve("lower"))
                    .ephemeral(Ephemeral.in(root.resolve("missing")))),
        Refusal.of(
            CHECKING,
            "procfs",
            LOWER_FILE_SYSTEM_UNSUPPORTED,
            "/proc/sys/kernel",
            s -> {},
            (root, good) -> good.lower(Path.of("/proc/sys/kernel"))),
        Refusal.of(
            MOUNTING,
            "vfat",
            LOWER_FILE_SYSTEM_UNSUPPORTED,
            "second",
            s -> s.image("second", "vfat", 8),
            LayerRefusals::second),
        Refusal.of(
            MOUNTING,
            "an index without file handles",
            OPTION_NOT_IN_FORCE,
            "mnts",
            s -> s.mount("second", "-t", "ramfs", "ramfs"),
            (root, good) -> second(root, good).options(o -> o.withIndex(true))),
        Refusal.of(
            MOUNTING,
            "through a link",
            PRIVATE_PATH_UNRESOLVABLE,
            "lower/link",
            s -> Files.createSymbolicLink(s.path("lower/link"), s.directory("lower/real")),
            (root, good) -> good.privatePath("link/config")));
  }

  private static OverlaySpec.Builder second(Path root, OverlaySpec.Builder good) {
    return good.lower(root.resolve("second"));
  }

  /** Not beside the mount point, so that they are not created. */
  private static OverlaySpec.Builder other(Path root, OverlaySpec.Builder good) {
    return good.upper(root.resolve("other/upper")).work(root.resolve("other/work"));
  }

  private static void link(Sandbox sandbox, String target) throws IOException {
    Files.createSymbolicLink(sandbox.path("second"), sandbox.path(target));
  }

  private static void bind(Sandbox sandbox) throws IOException {
    sandbox.mount("second", "--bind", sandbox.directory("lower/inner").toString());
  }

  private static void claim(Sandbox sandbox, String upper, String work) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.directory("lower"))
            .upper(sandbox.directory(upper))
            .work(sandbox.directory(work))
            .build();
    sandbox.hold(LayerStore.of(sandbox.root()).claim(spec));
  }

  private static void writeToSecond(Sandbox sandbox) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.directory("lower"))
            .upper(sandbox.directory("second"))
            .work(sandbox.directory("work2"))
            .mountPoint(sandbox.directory("view"))
            .build();
    sandbox.hold(Overlays.mount(spec)::close);
  }

  /** An overlay over an overlay, to be the lower of another. */
  private static void stack(Sandbox sandbox) throws IOException {
    OverlaySpec first =
        OverlaySpec.builder()
            .lower(sandbox.directory("a"))
            .lower(sandbox.directory("b"))
            .mountPoint(sandbox.directory("first"))
            .build();
    sandbox.hold(Overlays.mount(first)::close);
    OverlaySpec second =
        OverlaySpec.builder()
            .lower(sandbox.path("first"))
            .lower(sandbox.directory("c"))
            .mountPoint(sandbox.directory("second"))
            .build();
    sandbox.hold(Overlays.mount(second)::close);
  }

  private static void overlay(Sandbox sandbox) throws IOException {
    String lowers = sandbox.directory("one") + ":" + sandbox.directory("other");
    sandbox.mount("below", "-t", "overlay", "overlay", "-o", "lowerdir=" + lowers);
  }
}
