package dev.overlays.linux.refusal;

import static dev.overlays.ProblemCode.LAYER_REPEATED;
import static dev.overlays.ProblemCode.NO_LOWER;
import static dev.overlays.ProblemCode.OPTION_CONFLICT;
import static dev.overlays.ProblemCode.PRIVATE_PATH_INVALID;
import static dev.overlays.ProblemCode.PRIVATE_PATH_WITHOUT_UPPER;
import static dev.overlays.ProblemCode.SINGLE_LOWER_WITHOUT_UPPER;
import static dev.overlays.ProblemCode.TOO_MANY_LOWERS;
import static dev.overlays.ProblemCode.UPPER_WITHOUT_WORK;
import static dev.overlays.ProblemCode.UPPER_WORK_NESTED;
import static dev.overlays.ProblemCode.WORK_WITHOUT_UPPER;
import static dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment.BUILDING;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Specs that contradict themselves. */
final class BuildRefusals {
  private static final int TOO_MANY = 501;

  private BuildRefusals() {}

  static List<ExpectedRefusal> all() {
    return List.of(
        badLayers("no lower", NO_LOWER, null, (root, good) -> good.lowers(List.of())),
        badLayers(
            "one lower alone",
            SINGLE_LOWER_WITHOUT_UPPER,
            "lower",
            (root, good) -> OverlaySpec.builder().lower(root.resolve("lower"))),
        badLayers(
            "no work",
            UPPER_WITHOUT_WORK,
            "upper",
            (root, good) -> twoLowers(root).upper(upperIn(root))),
        badLayers(
            "no upper",
            WORK_WITHOUT_UPPER,
            "upper",
            (root, good) -> twoLowers(root).work(upperIn(root))),
        badLayers(
            "501 lowers",
            TOO_MANY_LOWERS,
            null,
            (root, good) ->
                good.lowers(
                    IntStream.range(0, TOO_MANY).mapToObj(i -> root.resolve("" + i)).toList())),
        badLayers(
            "twice", LAYER_REPEATED, "lower", (root, good) -> good.lower(root.resolve("lower"))),
        badLayers(
            "twice, with dots",
            LAYER_REPEATED,
            "lower/.",
            (root, good) -> good.lower(root.resolve("lower/."))),
        badLayers(
            "upper as lower", LAYER_REPEATED, "upper", (root, good) -> good.lower(upperIn(root))),
        badLayers(
            "upper as work", LAYER_REPEATED, "upper", (root, good) -> good.work(upperIn(root))),
        badLayers(
            "work in upper",
            UPPER_WORK_NESTED,
            "upper/work",
            (root, good) -> good.work(root.resolve("upper/work"))),
        badLayers(
            "private path without upper",
            PRIVATE_PATH_WITHOUT_UPPER,
            null,
            (root, good) -> twoLowers(root).privatePath("config")),
        privatePath("absolute", "/etc"),
        privatePath("leads up", "a/../../b"),
        privatePath("empty", ""),
        privatePath("the root itself", "./"),
        privatePath("with NUL", "a\0b"),
        badOptions("metacopy alone", o -> o.withMetacopy(true)),
        badOptions(
            "metacopy, following", o -> o.withMetacopy(true).withRedirectDir(RedirectDir.FOLLOW)),
        badOptions(
            "metacopy and nfs_export",
            o ->
                o.withMetacopy(true)
                    .withRedirectDir(RedirectDir.ON)
                    .withIndex(true)
                    .withNfsExport(true)),
        badOptions("nfs_export alone", o -> o.withNfsExport(true)),
        badOptions(
            "userxattr and redirects", o -> o.withUserXattr(true).withRedirectDir(RedirectDir.ON)),
        badOptions(
            "userxattr and metacopy",
            o -> o.withUserXattr(true).withMetacopy(true).withRedirectDir(RedirectDir.ON)),
        lowersAlone("uuid=on without upper", o -> o.withUuid(UuidMode.ON)),
        lowersAlone(
            "nfs_export and redirects without upper",
            o -> o.withNfsExport(true).withRedirectDir(RedirectDir.FOLLOW)),
        lowersAlone("metacopy alone without upper", o -> o.withMetacopy(true)));
  }

  private static Path upperIn(Path root) {
    return root.resolve("upper");
  }

  private static OverlaySpec.Builder twoLowers(Path root) {
    return OverlaySpec.builder().lower(root.resolve("lower")).lower(root.resolve("second"));
  }

  private static ExpectedRefusal badLayers(
      String name,
      ProblemCode code,
      String path,
      BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> change) {
    return ExpectedRefusal.of(BUILDING, name, code, path, sandbox -> {}, change);
  }

  private static ExpectedRefusal privatePath(String name, String path) {
    return badLayers(name, PRIVATE_PATH_INVALID, null, (root, good) -> good.privatePath(path));
  }

  private static ExpectedRefusal lowersAlone(String name, UnaryOperator<OverlayOptions> change) {
    return badLayers(name, OPTION_CONFLICT, null, (root, good) -> twoLowers(root).options(change));
  }

  private static ExpectedRefusal badOptions(String name, UnaryOperator<OverlayOptions> change) {
    return badLayers(name, OPTION_CONFLICT, null, (root, good) -> good.options(change));
  }
}
