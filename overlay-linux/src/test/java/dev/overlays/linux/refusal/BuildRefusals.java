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
import static dev.overlays.linux.refusal.Refusal.Told.BUILDING;

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

  static List<Refusal> all() {
    return List.of(
        layers("no lower", NO_LOWER, null, (root, good) -> good.lowers(List.of())),
        layers(
            "one lower alone",
            SINGLE_LOWER_WITHOUT_UPPER,
            "lower",
            (root, good) -> OverlaySpec.builder().lower(root.resolve("lower"))),
        layers(
            "no work", UPPER_WITHOUT_WORK, "upper", (root, good) -> lowers(root).upper(at(root))),
        layers(
            "no upper", WORK_WITHOUT_UPPER, "upper", (root, good) -> lowers(root).work(at(root))),
        layers(
            "501 lowers",
            TOO_MANY_LOWERS,
            null,
            (root, good) ->
                good.lowers(
                    IntStream.range(0, TOO_MANY).mapToObj(i -> root.resolve("" + i)).toList())),
        layers("twice", LAYER_REPEATED, "lower", (root, good) -> good.lower(root.resolve("lower"))),
        layers(
            "twice, with dots",
            LAYER_REPEATED,
            "lower/.",
            (root, good) -> good.lower(root.resolve("lower/."))),
        layers("upper as lower", LAYER_REPEATED, "upper", (root, good) -> good.lower(at(root))),
        layers("upper as work", LAYER_REPEATED, "upper", (root, good) -> good.work(at(root))),
        layers(
            "work in upper",
            UPPER_WORK_NESTED,
            "upper/work",
            (root, good) -> good.work(root.resolve("upper/work"))),
        layers(
            "private path without upper",
            PRIVATE_PATH_WITHOUT_UPPER,
            null,
            (root, good) -> lowers(root).privatePath("config")),
        privatePath("absolute", "/etc"),
        privatePath("leads up", "a/../../b"),
        privatePath("empty", ""),
        privatePath("the root itself", "./"),
        privatePath("with NUL", "a\0b"),
        options("metacopy alone", o -> o.withMetacopy(true)),
        options(
            "metacopy, following", o -> o.withMetacopy(true).withRedirectDir(RedirectDir.FOLLOW)),
        options(
            "metacopy and nfs_export",
            o ->
                o.withMetacopy(true)
                    .withRedirectDir(RedirectDir.ON)
                    .withIndex(true)
                    .withNfsExport(true)),
        options("nfs_export alone", o -> o.withNfsExport(true)),
        options(
            "userxattr and redirects", o -> o.withUserXattr(true).withRedirectDir(RedirectDir.ON)),
        options(
            "userxattr and metacopy",
            o -> o.withUserXattr(true).withMetacopy(true).withRedirectDir(RedirectDir.ON)),
        lowersAlone("uuid=on without upper", o -> o.withUuid(UuidMode.ON)),
        lowersAlone(
            "nfs_export and redirects without upper",
            o -> o.withNfsExport(true).withRedirectDir(RedirectDir.FOLLOW)),
        lowersAlone("metacopy alone without upper", o -> o.withMetacopy(true)));
  }

  private static Path at(Path root) {
    return root.resolve("upper");
  }

  private static OverlaySpec.Builder lowers(Path root) {
    return OverlaySpec.builder().lower(root.resolve("lower")).lower(root.resolve("second"));
  }

  private static Refusal layers(
      String name,
      ProblemCode code,
      String path,
      BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> change) {
    return Refusal.of(BUILDING, name, code, path, sandbox -> {}, change);
  }

  private static Refusal privatePath(String name, String path) {
    return layers(name, PRIVATE_PATH_INVALID, null, (root, good) -> good.privatePath(path));
  }

  private static Refusal lowersAlone(String name, UnaryOperator<OverlayOptions> change) {
    return layers(name, OPTION_CONFLICT, null, (root, good) -> lowers(root).options(change));
  }

  private static Refusal options(String name, UnaryOperator<OverlayOptions> change) {
    return layers(name, OPTION_CONFLICT, null, (root, good) -> good.options(change));
  }
}
