package dev.overlays.linux.context;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Layers by name. */
class LayerNamesTest {
  @Test
  void escapesOnlyWhatIsSpecial() {
    byte[] value = "a\\b:c,d".getBytes(UTF_8);
    assertEquals("a\\\\b:c,d", new String(LayerNames.escapeBytes(value, "\\"), UTF_8));
    assertEquals("a\\\\b\\:c,d", new String(LayerNames.escapeBytes(value, "\\:"), UTF_8));
    assertEquals("a\\b:c\\,d", new String(LayerNames.escapeBytes(value, ","), UTF_8));
  }

  @Test
  void listsLowersThenDataOnlyOnes() {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(Path.of("/a:b"))
            .lower(Path.of("/c\\d"))
            .dataLower(Path.of("/e"))
            .dataLower(Path.of("/f g"))
            .options(o -> o.withMetacopy(true).withRedirectDir(RedirectDir.FOLLOW))
            .build();
    assertEquals("/a\\:b:/c\\\\d::/e::/f g", new String(LayerNames.of(spec), UTF_8));
  }

  @Test
  void areAbsoluteAndInTheKernelsBytes() {
    assertEquals("/\u00fc", new String(LayerNames.bytesOf(Path.of("/\u00fc")), UTF_8));
    assertEquals(
        Path.of("relative").toAbsolutePath().toString(),
        new String(LayerNames.bytesOf(Path.of("relative")), UTF_8));
  }
}
