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
 * <p>The class needs {@link WithOverlay}, which tells the fixture. JUnit's own deletion finds
 * nothing left to do: the view is unmounted before it, and what was written is deleted in the
 * upper, not file by file through the view. Where {@link CleanupMode} says that the files are to be
 * kept they stay in the upper, and a line in the log of {@code dev.overlays.testkit} says where;
 * the view is unmounted in any case.
 */
public final class OverlayTempDirFactory implements TempDirFactory {

  /** Makes the factory, for JUnit. */
  public OverlayTempDirFactory() {}

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    CleanupMode cleanup =
        element.findAnnotation(TempDir.class).map(TempDir::cleanup).orElse(CleanupMode.DEFAULT);
    return OverlayRun.of(context)
        .view(context)
        .keepIf(() -> isKept(cleanup, context))
        .mount()
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
