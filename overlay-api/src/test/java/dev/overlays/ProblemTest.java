package dev.overlays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTest {
  private static final Problem WITH_PATH =
      Problem.of(ProblemCode.UPPER_IN_USE, Path.of("/upper"), "It is in use.", "Unmount it.");
  private static final Problem WITHOUT =
      Problem.of(ProblemCode.NO_LOWER, "There is none.", "Add one.");

  @Test
  void toStringIsOneLine() {
    assertEquals("upper-in-use: /upper: It is in use. Unmount it.", WITH_PATH.toString());
    assertEquals("no-lower: There is none. Add one.", WITHOUT.toString());
  }

  @Test
  void exceptionsCarryAndPrintAllProblems() {
    OverlayException e = new OverlayException(List.of(WITH_PATH, WITHOUT));
    assertEquals(List.of(WITH_PATH, WITHOUT), e.problems());
    assertEquals(WITH_PATH + "\n" + WITHOUT, e.getMessage());
    assertTrue(e.has(ProblemCode.NO_LOWER));
    assertFalse(e.has(ProblemCode.MOUNT_BUSY));
    assertEquals(List.of(WITHOUT), new OverlayException(WITHOUT).problems());
  }

  @Test
  void exceptionsRefuseAnEmptyList() {
    assertThrows(IllegalArgumentException.class, () -> new OverlayException(List.of()));
    assertThrows(IllegalArgumentException.class, () -> new InvalidSpecException(List.of()));
  }
}
