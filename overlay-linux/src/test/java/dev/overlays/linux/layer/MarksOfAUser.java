package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an ordinary user is told who merges with root's marks; run by {@link UserMarksTest}. */
class MarksOfAUser {
  private final Path place = Path.of(System.getProperty("overlays.place"));
  private OverlaySpec spec;

  @BeforeEach
  void makeLayers() throws IOException {
    Path layers = Files.createTempDirectory(place, "layers");
    for (String name : new String[] {"lower", "upper", "work"}) {
      Files.createDirectory(layers.resolve(name));
    }
    Files.writeString(layers.resolve("upper/new"), "new");
    spec =
        OverlaySpec.builder()
            .lower(layers.resolve("lower"))
            .upper(layers.resolve("upper"))
            .work(layers.resolve("work"))
            .build();
  }

  @Test
  void rootsMarksAreRefusedWithTheirNameAndTheOptionToUse() {
    OverlayException e = assertThrows(OverlayException.class, () -> OverlayMerge.of(spec).run());
    assertTrue(e.getMessage().contains("trusted.overlay."), e::getMessage);
    assertTrue(e.getMessage().contains("userxattr"), e::getMessage);
    assertTrue(Files.exists(spec.upper().orElseThrow().resolve("new")), "nothing is lost");
  }

  @Test
  void marksOfUsersAreMerged() throws IOException {
    OverlayMerge.of(spec.toBuilder().options(options -> options.withUserXattr(true)).build()).run();
    assertEquals("new", Files.readString(spec.lowers().get(0).resolve("new")));
  }
}
