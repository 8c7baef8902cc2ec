package dev.overlays.linux.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.RedirectDir;
import dev.overlays.testkit.junit.Fixture;
import dev.overlays.testkit.junit.OverlayTempDirFactory;
import dev.overlays.testkit.junit.View;
import dev.overlays.testkit.junit.WithOverlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** Runs tests that use views, and prints the backend of each view and all failures. */
final class ViewKinds {
  static final String FIXTURE = "overlays.fixture";

  private ViewKinds() {}

  abstract static class SharedFixture {
    @Fixture
    static Path fixture() {
      return Path.of(System.getProperty(FIXTURE));
    }

    /** Makes changes that work in every view, unless its marks belong to another user. */
    static void changeFiles(OverlayMount mount, Path view) throws IOException {
      assertTrue(
          Files.readAttributes(
                  view.resolve("pipe"), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .isOther());
      Files.delete(view.resolve("directory/file"));
      Files.delete(view.resolve("directory"));
      Files.createDirectory(view.resolve("directory"));
      Files.writeString(view.resolve("directory/file"), "new");
      Files.delete(view.resolve("directory/file"));
      Files.delete(view.resolve("directory"));
      Files.move(view.resolve("file"), view.resolve("moved"));
      assertEquals("fixture", Files.readString(view.resolve("moved")));
    }

    static void printBackend(Object test, OverlayMount mount) {
      System.out.println(test.getClass().getSimpleName() + " " + mount.backend());
    }
  }

  @WithOverlay
  static class Any extends SharedFixture {
    @RepeatedTest(2)
    void useView(
        OverlayMount mount,
        @View Path view,
        @TempDir(factory = OverlayTempDirFactory.class) Path another)
        throws IOException {
      printBackend(this, mount);
      changeFiles(mount, view);
      assertEquals(view, view.toRealPath());
      assertEquals(view.toFile(), view.toFile().getCanonicalFile());
      assertEquals("fixture", Files.readString(another.resolve("file")));
    }
  }

  @WithOverlay(nioOnly = true)
  static class NioOnly extends SharedFixture {
    @RepeatedTest(2)
    void useView(OverlayMount mount, @View Path view) throws IOException {
      printBackend(this, mount);
      changeFiles(mount, view);
    }
  }

  @WithOverlay(redirectDir = RedirectDir.ON)
  static class Redirecting extends SharedFixture {
    @RepeatedTest(2)
    void moveDirectory(OverlayMount mount, @View Path view) throws IOException {
      printBackend(this, mount);
      Files.move(view.resolve("directory"), view.resolve("elsewhere"));
      assertEquals("fixture", Files.readString(view.resolve("elsewhere/file")));
    }
  }

  /**
   * Runs them.
   *
   * @param args none
   */
  public static void main(String[] args) {
    for (Class<?> test : List.of(Any.class, NioOnly.class, Redirecting.class)) {
      LaunchedTests.runTests(test).failures.forEach(Throwable::printStackTrace);
    }
    System.out.println("done");
  }
}
