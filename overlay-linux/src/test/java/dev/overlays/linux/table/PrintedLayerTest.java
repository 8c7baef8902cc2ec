package dev.overlays.linux.table;

import static dev.overlays.linux.table.PrintedLayer.PrintedKind.DATA_LOWER;
import static dev.overlays.linux.table.PrintedLayer.PrintedKind.LOWER;
import static dev.overlays.linux.table.PrintedLayer.PrintedKind.UPPER;
import static dev.overlays.linux.table.PrintedLayer.PrintedKind.WORK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers as they are printed, also where no spec can be made of them. */
class PrintedLayerTest {
  private static PrintedLayer lower(String path) {
    return new PrintedLayer(LOWER, List.of(path));
  }

  @Test
  void everyFormIsRead() {
    assertEquals(
        List.of(
            lower("l/A"),
            lower("/b:c"),
            new PrintedLayer(DATA_LOWER, List.of("/d")),
            new PrintedLayer(UPPER, List.of("u\\\\x", "u\\x")),
            new PrintedLayer(WORK, List.of("w"))),
        PrintedLayer.of("rw,lowerdir=l/A:/b\\134:c::/d,upperdir=u\\134\\134x,workdir=w,index=on"));
  }

  @Test
  void oneDeadPathMayStandForSeveral() {
    assertEquals(
        List.of(lower("/gone"), lower("/gone")),
        PrintedLayer.of("ro,lowerdir+=/gone,lowerdir+=/gone"));
  }

  @Test
  void pathsThatTellNothingAreKnown() {
    assertTrue(lower("/").isNameless());
    assertTrue(lower("/proc/self/fd/8").isNameless());
    assertFalse(lower("/process").isNameless());
    assertTrue(lower("l/A").isRelative());
    assertFalse(lower("/l").isRelative());
  }
}
