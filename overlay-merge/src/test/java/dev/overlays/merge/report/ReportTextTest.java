package dev.overlays.merge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reports are text for people, values that nobody can change, and equal if they say the same. */
class ReportTextTest {
  private final Locale locale = Locale.getDefault();
  private final Map<MergeAction, Long> counts = new EnumMap<>(Map.of(MergeAction.ADDED, 1234L));
  private final MergeReport merge = new MergeReport(false, counts, 0, 0, Duration.ofMillis(1));

  /** The text is the same in every country. */
  @BeforeEach
  void useAnotherLocale() {
    Locale.setDefault(Locale.GERMANY);
  }

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(locale);
  }

  private static Problem problem() {
    return Problem.of(ProblemCode.MARK_REFUSED, Path.of("/a"), "message", "remedy");
  }

  @Test
  void progressIsALineWithTheSpeedAndTheRest() {
    MergeProgress progress = new MergeProgress(2000, 5000, 0, Duration.ofMillis(500));
    assertEquals(4000, progress.entriesPerSecond());
    assertEquals(Duration.ofMillis(750), progress.remaining());
    assertEquals(
        "2,000 of 5,000 entries, 0 bytes, 4,000 entries/s, 0.8 s left", progress.toString());
  }

  @Test
  void progressAtTheStartHasNoSpeedAndNoEstimate() {
    MergeProgress start = new MergeProgress(0, 100, 0, Duration.ZERO);
    assertEquals(0, start.entriesPerSecond());
    assertEquals(Duration.ZERO, start.remaining());
    assertEquals(Duration.ZERO, new MergeProgress(7, 7, 0, Duration.ofSeconds(1)).remaining());
  }

  /** A merge of a billion entries takes long, but its estimate must not overflow. */
  @Test
  void estimateOfAHugeMergeIsPositive() {
    MergeProgress huge = new MergeProgress(1, 1_000_000_000, 0, Duration.ofMinutes(1));
    assertEquals(Duration.ofNanos(Long.MAX_VALUE), huge.remaining());
  }

  @Test
  void repairReportKeepsItsOwnCopiesAndIsALine() {
    Map<ProblemCode, Long> repaired = new EnumMap<>(Map.of(ProblemCode.WHITEOUT_ORPHAN, 1200L));
    List<Problem> left = new ArrayList<>(List.of(problem()));
    RepairReport report = new RepairReport(repaired, left, Duration.ofMillis(20));
    repaired.clear();
    left.clear();
    assertEquals("repaired: 1,200 whiteout-orphan; 1 left, in 0.020 s", report.toString());
    assertEquals(1200, report.count(ProblemCode.WHITEOUT_ORPHAN));
    assertEquals(0, report.count(ProblemCode.MARK_STRAY));
    assertThrows(UnsupportedOperationException.class, () -> report.repaired().clear());
    assertThrows(UnsupportedOperationException.class, () -> report.left().clear());
    assertEquals(
        "repaired: nothing; 0 left, in 0.000 s",
        new RepairReport(Map.of(), List.of(), Duration.ZERO).toString());
  }

  @Test
  void sharedReportHasALineForEachUpperInTheirOrder() {
    Map<Path, MergeReport> merges = new LinkedHashMap<>();
    merges.put(Path.of("/z"), merge);
    merges.put(Path.of("/a"), new MergeReport(false, Map.of(), 0, 0, Duration.ZERO));
    Map<ConflictKind, Long> conflicts = new EnumMap<>(Map.of(ConflictKind.CHANGED, 2000L));
    SharedMergeReport report =
        new SharedMergeReport(
            false, ConflictPolicy.IN_ORDER, merges, conflicts, List.of(), Duration.ZERO);
    merges.clear();
    conflicts.clear();
    assertEquals(
        "/z: merged: 1,234 added, in 0.001 s\n/a: merged: nothing, in 0.000 s\n2,000 conflicts",
        report.toString());
    assertEquals(2000, report.conflicts(ConflictKind.CHANGED));
    assertEquals(0, report.conflicts(ConflictKind.DELETED));
    assertThrows(UnsupportedOperationException.class, () -> report.merges().clear());
  }

  @ParameterizedTest
  @CsvSource({
    "IN_ORDER, DELETED, what is merged last holds",
    "IN_ORDER, CHANGED, what is merged last holds",
    "DELETE_COMMON, CHANGED, what is merged last holds",
    "DELETE_COMMON, DELETED, 'it stays, and is hidden from the first alone'",
    "REFUSE, CHANGED, the merge is refused"
  })
  void firstConflictIsNamedWithWhatBecomesOfIt(
      ConflictPolicy policy, ConflictKind kind, String outcome) {
    Conflict first = new Conflict(kind, "lib/a", Path.of("/one"), Path.of("/two"));
    SharedMergeReport report =
        new SharedMergeReport(
            true, policy, Map.of(), Map.of(kind, 25L), List.of(first), Duration.ZERO);
    assertEquals("25 conflicts, the first: " + first + "; " + outcome, report.toString());
  }

  @Test
  void squashReportHasALineForEachEmptyLayer() {
    Map<Path, MergeReport> merges = new LinkedHashMap<>(Map.of(Path.of("/top"), merge));
    List<Path> lowers = new ArrayList<>(List.of(Path.of("/bottom")));
    SquashReport report = new SquashReport(false, lowers, merges, Duration.ZERO);
    lowers.clear();
    merges.clear();
    assertEquals("/top: merged: 1,234 added, in 0.001 s\n", report.toString());
    assertEquals(List.of(Path.of("/bottom")), report.lowers());
  }

  @Test
  void reportsThatSayTheSameAreEqual() {
    MergeReport same =
        new MergeReport(false, Map.of(MergeAction.ADDED, 1234L), 0, 0, merge.duration());
    assertEquals(merge, same);
    assertEquals(merge.hashCode(), same.hashCode());
    assertNotEquals(merge, new MergeReport(true, counts, 0, 0, merge.duration()));
    assertEquals(
        new SharedMergeReport(
            false,
            ConflictPolicy.REFUSE,
            Map.of(Path.of("/a"), merge),
            Map.of(),
            List.of(),
            Duration.ZERO),
        new SharedMergeReport(
            false,
            ConflictPolicy.REFUSE,
            new LinkedHashMap<>(Map.of(Path.of("/a"), same)),
            new EnumMap<>(ConflictKind.class),
            List.of(),
            Duration.ZERO));
  }

  @Test
  void changeRefusesNullWithTheNameOfTheComponent() {
    Optional<String> none = Optional.empty();
    assertEquals(
        "path",
        assertThrows(
                NullPointerException.class,
                () -> new Change(ChangeKind.ADDED, null, EntryType.FILE, 0, none))
            .getMessage());
    assertEquals(
        "type",
        assertThrows(
                NullPointerException.class, () -> new Change(ChangeKind.ADDED, "a", null, 0, none))
            .getMessage());
  }
}
