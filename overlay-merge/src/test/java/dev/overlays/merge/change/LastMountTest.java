package dev.overlays.merge.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.HandMadeLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LastMountTest {
  private static final Instant MOUNTED = Instant.ofEpochSecond(1_700_000_000);

  private final HandMadeLayers layers = new HandMadeLayers();

  LastMountTest() throws IOException {}

  private LastMount readMount() throws IOException {
    try (LayerDirectory work = layers.openDirectory("work")) {
      return LastMount.of(work);
    }
  }

  /** The kernel recreates the directory, so that the outer one gets the time of the mount. */
  private void mountAt(Instant time) throws IOException {
    Files.deleteIfExists(layers.pathOf("work/work"));
    layers.addDirectory("work/work").setModified("work/work", time).setModified("work", time);
  }

  @Test
  void everyMountHasAnIdentityAndATime() throws IOException {
    mountAt(MOUNTED);
    LastMount first = readMount();
    assertEquals(MOUNTED, first.time());
    assertEquals(first, readMount());
    mountAt(MOUNTED.plusSeconds(1));
    assertNotEquals(first.identity(), readMount().identity());
    assertEquals(MOUNTED.plusSeconds(1), readMount().time());
  }

  /** The time of two mounts may be the same where the clock is coarse, but not the inode. */
  @Test
  void twoMountsAtOneTimeDiffer() throws IOException {
    mountAt(MOUNTED);
    LastMount first = readMount();
    mountAt(MOUNTED);
    assertNotEquals(first.identity(), readMount().identity());
  }

  @Test
  void viewThatWasNeverMountedHasAMountInThePast() throws IOException {
    assertEquals(LastMount.of(null), readMount());
    assertTrue(readMount().time().isBefore(Instant.EPOCH));
  }

  /** The identity is a word of a mark of two words. */
  @Test
  void identityIsOneWord() throws IOException {
    mountAt(MOUNTED);
    assertTrue(readMount().identity().matches("\\S+"), readMount().identity());
    assertTrue(LastMount.of(null).identity().matches("\\S+"));
  }
}
