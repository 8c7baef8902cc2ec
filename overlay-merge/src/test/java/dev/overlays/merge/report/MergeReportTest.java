package dev.overlays.merge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergeReportTest {
  @Test
  void isOneLineForPeople() {
    MergeReport report =
        new MergeReport(
            false,
            Map.of(MergeAction.ADDED, 12_345L, MergeAction.DELETED, 2L, MergeAction.KEPT, 0L),
            3 * 1024 * 1024,
            0,
            Duration.ofMillis(1500));
    assertEquals("merged: 12,345 added, 2 deleted; 3.0 MiB moved, in 1.500 s", report.toString());
  }

  @Test
  void saysWhenNothingWasToDo() {
    MergeReport report = new MergeReport(true, Map.of(), 0, 0, Duration.ZERO);
    assertEquals("would merge: nothing, in 0.000 s", report.toString());
    assertEquals(0, report.count(MergeAction.ADDED));
  }

  @Test
  void keepsItsOwnCounts() {
    Map<MergeAction, Long> counts = new EnumMap<>(MergeAction.class);
    counts.put(MergeAction.ADDED, 1L);
    MergeReport report = new MergeReport(false, counts, 0, 0, Duration.ZERO);
    counts.put(MergeAction.ADDED, 2L);
    assertEquals(1, report.count(MergeAction.ADDED));
    assertThrows(UnsupportedOperationException.class, () -> report.counts().clear());
  }
}
