package dev.overlays.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.Ephemeral;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the name of an upper tells whoever reads a mount table. */
class EphemeralUpperTest {
  @Test
  void aNameOnDiskTellsTheDirectory() {
    assertEquals(
        Optional.of(Ephemeral.in(Path.of("/srv"))),
        EphemeralUpper.ephemeralOf(Path.of("/srv/overlays-ephemeral-1/upper")));
  }

  @Test
  void aNameInMemoryIsKnownAnywhere() {
    assertEquals(
        Optional.of(Ephemeral.inMemory()),
        EphemeralUpper.ephemeralOf(Path.of("/run/overlays/1/overlays-ephemeral-memory-1/upper")));
  }

  /** As a namespace mounts it, which has the file system of memory for its working directory. */
  @Test
  void aRelativeUpperIsInMemory() {
    assertEquals(
        Optional.of(Ephemeral.inMemory()),
        EphemeralUpper.ephemeralOf(Path.of("overlays-ephemeral-1/upper")));
  }

  @Test
  void otherUppersAreNotEphemeral() {
    assertEquals(Optional.empty(), EphemeralUpper.ephemeralOf(Path.of("/srv/ttnode1/upper")));
    assertEquals(Optional.empty(), EphemeralUpper.ephemeralOf(Path.of("upper")));
  }
}
