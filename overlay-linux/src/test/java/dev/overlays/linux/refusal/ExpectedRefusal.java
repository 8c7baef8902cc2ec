package dev.overlays.linux.refusal;

import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A bad spec and the refusal expected for it. The spec depends only on the path of the sandbox, so
 * that another JVM makes the same spec.
 *
 * @param name what is bad
 * @param moment who gets the problem, and when
 * @param code the problem
 * @param path what it is about, relative to the sandbox
 * @param preparation what root does to the disk before
 * @param change makes a good spec of lower, upper, work and mnts in the sandbox bad
 */
record ExpectedRefusal(
    String name,
    RefusalMoment moment,
    ProblemCode code,
    Optional<String> path,
    DiskPreparation preparation,
    BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> change) {

  /** Who gets a problem, and when. */
  enum RefusalMoment {
    /** Any user, when the spec is built. */
    BUILDING,
    /** Any user, from the check; root also when mounting. */
    CHECKING,
    /** Users who may mount, from the check and when mounting. */
    CHECKING_AS_ROOT,
    /** Users without root's rights, from the check. */
    CHECKING_AS_NOBODY,
    /** Only users who really mount. */
    MOUNTING
  }

  /** Makes what is on the disk bad. */
  interface DiskPreparation {
    void prepare(Sandbox sandbox) throws IOException;
  }

  /** A refusal of a good spec, because of what is on the disk. */
  static ExpectedRefusal of(
      RefusalMoment told, String name, ProblemCode code, String path, DiskPreparation preparation) {
    return of(told, name, code, path, preparation, (root, builder) -> builder);
  }

  /** A refusal of a changed spec, given what is on the disk. */
  static ExpectedRefusal of(
      RefusalMoment told,
      String name,
      ProblemCode code,
      String path,
      DiskPreparation preparation,
      BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> change) {
    return new ExpectedRefusal(name, told, code, Optional.ofNullable(path), preparation, change);
  }

  /** The spec for a sandbox. */
  OverlaySpec specIn(Path root) {
    OverlaySpec.Builder good =
        OverlaySpec.builder()
            .lower(root.resolve("lower"))
            .upper(root.resolve("upper"))
            .work(root.resolve("work"))
            .mountPoint(root.resolve("mnts"));
    return change.apply(root, good).build();
  }

  /** What the problem is about, in a sandbox. */
  Optional<Path> pathIn(Path root) {
    return path.map(root::resolve);
  }

  @Override
  public String toString() {
    return code.id() + ": " + name;
  }
}
