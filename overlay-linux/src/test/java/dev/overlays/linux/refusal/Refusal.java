package dev.overlays.linux.refusal;

import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A bad spec, and how it has to be refused. The spec is made of a directory's path alone, so that
 * another JVM makes the same.
 *
 * @param name what is bad
 * @param told who is told, and when
 * @param code the problem
 * @param path what it is about, relative to the sandbox
 * @param preparation what root has to do before
 * @param change what makes a good spec, of lower, upper, work and mnts in the sandbox, bad
 */
record Refusal(
    String name,
    Told told,
    ProblemCode code,
    Optional<String> path,
    Preparation preparation,
    BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> change) {

  /** Who is told of a problem, and when. */
  enum Told {
    /** Anybody, when the spec is built. */
    BUILDING,
    /** Anybody, by the check; root also when mounting. */
    CHECKING,
    /** Who may ask the kernel, by the check and when mounting. */
    CHECKING_AS_ROOT,
    /** Who lacks a right that root has, by the check. */
    CHECKING_AS_NOBODY,
    /** Only who really mounts. */
    MOUNTING
  }

  /** Makes what is on the disk bad. */
  interface Preparation {
    void prepare(Sandbox sandbox) throws IOException;
  }

  /** One whose spec is as good as any, but what it finds on the disk is not. */
  static Refusal of(
      Told told, String name, ProblemCode code, String path, Preparation preparation) {
    return of(told, name, code, path, preparation, (root, builder) -> builder);
  }

  /** One whose spec does not go with what it finds on the disk. */
  static Refusal of(
      Told told,
      String name,
      ProblemCode code,
      String path,
      Preparation preparation,
      BiFunction<Path, OverlaySpec.Builder, OverlaySpec.Builder> change) {
    return new Refusal(name, told, code, Optional.ofNullable(path), preparation, change);
  }

  /** The spec for a sandbox. */
  OverlaySpec spec(Path root) {
    OverlaySpec.Builder good =
        OverlaySpec.builder()
            .lower(root.resolve("lower"))
            .upper(root.resolve("upper"))
            .work(root.resolve("work"))
            .mountPoint(root.resolve("mnts"));
    return change.apply(root, good).build();
  }

  /** What the problem is about, in a sandbox. */
  Optional<Path> path(Path root) {
    return path.map(root::resolve);
  }

  @Override
  public String toString() {
    return code.id() + ": " + name;
  }
}
