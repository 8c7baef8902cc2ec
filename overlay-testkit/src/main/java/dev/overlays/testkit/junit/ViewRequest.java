package dev.overlays.testkit.junit;

import dev.overlays.InvalidSpecException;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import java.nio.file.Path;

/**
 * The kind of views that a test class requests.
 *
 * @param backend the name of the backend; empty for the best one
 * @param nioOnly whether the tests need no real path
 * @param options the options of the mount
 */
record ViewRequest(String backend, boolean nioOnly, OverlayOptions options) {

  /** The request of an annotation without elements. */
  static final ViewRequest DEFAULT =
      new ViewRequest("", false, OverlayOptions.defaults().withVolatileUpper(true));

  static ViewRequest of(WithOverlay annotation) {
    return new ViewRequest(
        annotation.backend(),
        annotation.nioOnly(),
        OverlayOptions.defaults()
            .withRedirectDir(annotation.redirectDir())
            .withMetacopy(annotation.metacopy())
            .withIndex(annotation.index())
            .withNfsExport(annotation.nfsExport())
            .withXino(annotation.xino())
            .withUuid(annotation.uuid())
            .withVerity(annotation.verity())
            .withVolatileUpper(annotation.volatileUpper()));
  }

  /** Fails if the options contradict each other. */
  ViewRequest requireConsistent() throws InvalidSpecException {
    specFor(Path.of("lower"), Path.of("view"));
    return this;
  }

  OverlaySpec specFor(Path lower, Path directory) {
    return OverlaySpec.builder()
        .lower(lower)
        .instance(directory)
        .options(defaults -> options)
        .build();
  }
}
