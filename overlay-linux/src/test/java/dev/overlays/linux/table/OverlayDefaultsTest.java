package dev.overlays.linux.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.Xino;
import dev.overlays.linux.FullJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OverlayDefaultsTest {
  /** Asks for the defaults of the kernel's overlay. */
  static final class Remembered implements FullJvm.Question {
    Remembered() throws IOException {
      Files.readString(Path.of("/proc/version"));
      OverlayOptions some =
          OverlayOptions.defaults().withXino(Xino.AUTO).withRedirectDir(RedirectDir.FOLLOW);
      assertNotEquals("", some.toString());
      // Loads the class, and that of what may be thrown.
      assertNotEquals(0, OverlayDefaults.class.getDeclaredMethods().length);
      assertNotEquals("", new NoSuchFileException("").toString());
    }

    @Override
    public String ask() {
      return OverlayDefaults.rememberedDefaults().toString();
    }
  }

  @Test
  void whatCouldNotBeReadForWantOfDescriptorsIsReadAgain() throws IOException {
    assertEquals(
        OverlayDefaults.readDefaults().toString(), FullJvm.answerAfterwards(Remembered.class));
  }
}
