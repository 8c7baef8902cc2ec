package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.spi.LayerSharing;
import dev.overlays.spi.LayerUser;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What operators read: the table of a status, the text of a report, and collected failures. */
class CacheTextTest {
  private static final Problem HELD =
      Problem.of(ProblemCode.MOUNT_HELD, Path.of("/v/f"), "Process 7 has it open.", "End it.");
  private static final Problem NOTICE =
      Problem.of(ProblemCode.CACHE_FILES_ASIDE, Path.of("/a"), "Files are here.", "Move them.");

  private static final LayerSharing SHARING =
      new LayerSharing(
          "nfs",
          Optional.empty(),
          List.of(
              new LayerUser(
                  "host-b", false, 9, Instant.parse("2026-01-01T00:00:00Z"), false, "/v")));

  private static InstanceStatus statusOf(
      String name, Optional<Path> root, List<Problem> holders, boolean waiting, long upper) {
    return new InstanceStatus(
        name,
        root,
        root.map(path -> "kernel"),
        holders,
        waiting,
        root.isPresent(),
        upper,
        upper / 2,
        holders.isEmpty() ? List.of() : List.of(NOTICE));
  }

  @Test
  void tableHasAlignedColumnsAndNamesHoldersAndNotices() {
    CacheStatus status =
        new CacheStatus(
            Path.of("/lower"),
            new CacheDiskUse(4096, 1),
            21_000_000,
            Optional.of(SHARING),
            List.of(
                statusOf("a", Optional.of(Path.of("/v")), List.of(HELD, HELD), false, 2048),
                statusOf("much-longer-name", Optional.empty(), List.of(), true, 0),
                statusOf("c", Optional.empty(), List.of(), false, 10)),
            List.of(FormerLowers.createNotice(Path.of("/old"), "")));
    assertEquals(
        String.join(
            "\n",
            "INSTANCE          MOUNTED AT             BY      USERS  BOOT  UPPER     ALONE FREES",
            "a                 /v                     kernel  2      yes   2.0 KiB   1.0 KiB",
            "much-longer-name  (to be mounted again)  -       -      -     0 bytes   0 bytes",
            "c                 -                      -       -      -     10 bytes  5 bytes",
            "a: Process 7 has it open.",
            "a: Process 7 has it open.",
            NOTICE.toString(),
            FormerLowers.createNotice(Path.of("/old"), "").toString(),
            "lower /lower: 4.0 KiB; a maintenance frees 20.0 MiB",
            "shared by machines (nfs): the view at /v of process 9 on host-b, since"
                + " 2026-01-01T00:00:00Z"),
        status.toString());
  }

  @Test
  void emptyCacheHasATableHead() {
    CacheStatus status =
        new CacheStatus(
            Path.of("/lower"), new CacheDiskUse(0, 0), 0, Optional.empty(), List.of(), List.of());
    assertEquals(
        "INSTANCE  MOUNTED AT  BY  USERS  BOOT  UPPER  ALONE FREES\n"
            + "lower /lower: 0 bytes; a maintenance frees 0 bytes",
        status.toString());
  }

  private static MaintenanceReport reportOf(boolean dryRun, Map<String, VacuumReport> vacuums) {
    return new MaintenanceReport(
        dryRun,
        new CacheDiskUse(2048, 1024),
        new CacheDiskUse(1024, 1024),
        Optional.empty(),
        vacuums,
        List.of("a", "b"),
        dryRun ? List.of() : List.of(NOTICE),
        Duration.ofMillis(1234));
  }

  @Test
  void reportTellsSizesAndWhatIsMountedAgain() {
    assertEquals(
        NOTICE + "\n2 mounted again; 3.0 KiB before, 2.0 KiB after, in 1.234 s",
        reportOf(false, Map.of()).toString());
    assertEquals(
        "2 to be mounted again; 3.0 KiB before, 2.0 KiB after, in 1.234 s",
        reportOf(true, Map.of()).toString());
  }

  /** What is changed afterwards by who has made the report changes no report. */
  @Test
  void valuesKeepWhatTheyWereMadeOf() {
    Map<String, VacuumReport> vacuums = new LinkedHashMap<>();
    List<Problem> holders = new ArrayList<>(List.of(HELD));
    MaintenanceReport report = reportOf(true, vacuums);
    InstanceStatus status = statusOf("a", Optional.empty(), holders, false, 0);
    vacuums.put("later", null);
    holders.clear();
    assertEquals(Map.of(), report.vacuums());
    assertEquals(List.of(HELD), status.holders());
    assertThrows(UnsupportedOperationException.class, () -> report.vacuums().put("later", null));
  }

  private static OverlayException failureOf(Problem problem) {
    return new OverlayException(problem);
  }

  /** Each instance has its own cause, and none is lost. */
  @Test
  void failuresAreThrownTogetherAfterTheLastStep() throws OverlayException {
    InstanceFailures failures = new InstanceFailures();
    List<String> steps = new ArrayList<>();
    OverlayException first = failureOf(HELD);
    OverlayException second = failureOf(NOTICE);
    for (OverlayException each : List.of(first, second)) {
      boolean done =
          failures.runStep(
              () -> {
                steps.add("failing");
                throw each;
              });
      assertEquals(false, done);
    }
    assertEquals(true, failures.runStep(() -> steps.add("working")));
    assertEquals(List.of("failing", "failing", "working"), steps);
    OverlayException e = assertThrows(OverlayException.class, failures::throwAll);
    assertEquals(List.of(HELD, NOTICE), e.problems());
    assertSame(first, e.getCause());
    assertEquals(List.of(second), List.of(e.getSuppressed()));
    new InstanceFailures().throwAll();
  }

  /** A fault of the program is none of an instance. */
  @Test
  void otherExceptionsEndTheSteps() {
    InstanceFailures failures = new InstanceFailures();
    assertThrows(
        IllegalStateException.class,
        () ->
            failures.runStep(
                () -> {
                  throw new IllegalStateException("a fault");
                }));
  }
}
