package dev.overlays.testkit.junit;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Makes temporary directories that are fresh views of a fixture:
 *
 * <pre>{@code
 * @WithOverlay(fixture = "/var/cache/packages")
 * class ResolverTest {
 *   @TempDir(factory = OverlayTempDirFactory.class) Path cache;
 *   ...
 * }
 * }</pre>
 *
 * <p>The class needs {@link WithOverlay}, which names the fixture. JUnit has nothing left to
 * delete: the view is unmounted first, and what was written is deleted in the upper, not file by
 * file through the view. If {@link CleanupMode} requires that files are kept, they stay in the
 * upper, and the log of {@code dev.overlays.testkit} names the directory; the view is unmounted in
 * any case.
 */
public final class OverlayTempDirFactory implements TempDirFactory {

  /** Makes the factory, for JUnit. */
  public OverlayTempDirFactory() {}

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    CleanupMode cleanup =
        element.findAnnotation(TempDir.class).map(TempDir::cleanup).orElse(CleanupMode.DEFAULT);
    return OverlayTestRun.of(context)
        .newView(context)
        .keepIf(() -> isKept(cleanup, context))
        .overlayMount()
        .root();
  }

  private static boolean isKept(CleanupMode cleanup, ExtensionContext context) {
    return switch (cleanup) {
      case NEVER -> true;
      case ON_SUCCESS -> context.getExecutionException().isPresent();
      default -> false;
    };
  }
}
