package dev.overlays.merge.vacuum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.Mark;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@link VacuumEngine} with {@link VacuumWalk}, {@link RedundancyCheck} and the tally. */
class VacuumEngineTest {
  private static final Instant OLD = Instant.ofEpochSecond(1_500_000_000, 3);

  private final HandMadeLayers layers = new HandMadeLayers();

  VacuumEngineTest() throws IOException {}

  private VacuumReport vacuum(LayerStore store, MergeSettings settings, boolean contentOnly)
      throws IOException {
    VacuumTally tally = new VacuumTally();
    try (VacuumEngine engine = VacuumEngine.open(LayerJob.of(layers.spec()), store)) {
      engine.run(settings, contentOnly, tally);
    }
    return tally.createReport(settings.dryRun());
  }

  /** Cleans the upper, and compares the view after every change. */
  private VacuumReport vacuum() throws IOException {
    FaultyLayerStore store = layers.watchingStore();
    VacuumReport report = vacuum(store, MergeSettings.DEFAULTS, false);
    store.assertAllClosed();
    return report;
  }

  /** The view relies on the lowers once the upper's entries are gone. */
  @Test
  void lowersAreSyncedBeforeTheFirstRemoval() throws IOException {
    layers.addFile("lower/file", "x").addFile("upper/file", "x").withEqualTimes();
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    store.faults().startRecording();
    vacuum(store, MergeSettings.DEFAULTS, false);
    List<String> changes =
        store.faults().recordedOperations().stream()
            .filter(recorded -> recorded.operation().isChange())
            .map(recorded -> recorded.operation() + " " + recorded.path())
            .filter(line -> !line.contains(".overlays-"))
            .toList();
    int removal = changes.indexOf("REMOVE /root/upper/file");
    assertTrue(removal >= 0);
    assertTrue(changes.subList(0, removal).contains("SYNC /root/lower"), changes::toString);
    assertTrue(changes.subList(0, removal).contains("SYNC /root/base"), changes::toString);
  }

  @Test
  void everythingThatIsRemovedIsCountedWithTheSpaceItFrees() throws IOException {
    layers.addFile("lower/d/e/file", "12345").addFile("upper/d/e/file", "12345");
    layers.addFile("upper/d/kept", "").addWhiteout("upper/gone");
    layers.addFile("lower/copy", "1234567").addMetacopy("upper/copy", 7);
    layers.withEqualTimes();
    Files.createSymbolicLink(layers.pathOf("lower/link"), layers.pathOf("x"));
    Files.createSymbolicLink(layers.pathOf("upper/link"), layers.pathOf("x"));
    VacuumReport would =
        vacuum(HandMadeLayers.STORE, MergeSettings.DEFAULTS.withDryRun(true), true);
    VacuumReport did = vacuum(HandMadeLayers.STORE, MergeSettings.DEFAULTS, true);
    for (VacuumReport report : List.of(would, did)) {
      assertEquals(3, report.filesRemoved());
      assertEquals(1, report.directoriesRemoved());
      assertEquals(1, report.whiteoutsRemoved());
      assertEquals(5, report.bytesFreed(), "a metacopy has no data");
    }
    assertTrue(would.dryRun());
    assertEquals(List.of("d", "d/kept"), layers.namesIn("upper"));
  }

  @Test
  void directoryThatStaysKeepsItsTimeAndNoMark() throws IOException {
    layers.addFile("lower/d/same", "x").addFile("upper/d/same", "x").addFile("upper/d/own", "");
    layers.withEqualTimes().setModified("upper/d", OLD).setModified("upper", OLD.plusSeconds(1));
    layers.addWhiteout("upper/gone").setModified("upper", OLD.plusSeconds(1));
    vacuum();
    assertEquals(List.of("d", "d/own"), layers.namesIn("upper"));
    assertEquals(OLD, layers.statOf("upper/d").modified());
    assertEquals(OLD.plusSeconds(1), layers.statOf("upper").modified());
    assertEquals(Optional.empty(), layers.markOf("upper/d", Mark.MERGE_TIME));
    assertEquals(Optional.empty(), layers.markOf("upper", Mark.MERGE_TIME));
  }

  @Test
  void timeThatAnInterruptedRunHasRememberedIsRestored() throws IOException {
    layers.addFile("upper/d/own", "").addDirectory("lower/d").withEqualTimes();
    layers.addMark("upper/d", Mark.MERGE_TIME, OLD.getEpochSecond() + "." + OLD.getNano() + " -");
    vacuum();
    assertEquals(OLD, layers.statOf("upper/d").modified());
    assertEquals(Optional.empty(), layers.markOf("upper/d", Mark.MERGE_TIME));
  }

  @ParameterizedTest
  @CsvSource({
    "mode, false, true",
    "time, false, true",
    "xattr, false, true",
    "data, false, false",
    "size, false, false",
    "type, false, false",
    "second name, false, false",
    "second name below, false, false",
    "nothing, true, true",
  })
  void fileGoesIfNothingDiffersOrWithContentOnlyIfItsDataDoesNot(
      String differs, boolean goes, boolean goesByContent) throws IOException {
    for (boolean contentOnly : new boolean[] {false, true}) {
      HandMadeLayers made = new HandMadeLayers();
      made.addFile("lower/file", "data").addFile("upper/file", "data").withEqualTimes();
      switch (differs) {
        case "mode" -> made.setMode("upper/file", 0601);
        case "time" -> made.setModified("upper/file", OLD);
        case "xattr" ->
            made.runAt("upper/file", (d, name) -> d.setXattr(name, "user.a", new byte[] {1}));
        case "data" -> made.addFile("upper/file", "DATA").withEqualTimes();
        case "size" -> made.addFile("upper/file", "longer").withEqualTimes();
        case "type" -> {
          Files.delete(made.pathOf("upper/file"));
          Files.createSymbolicLink(made.pathOf("upper/file"), made.pathOf("data"));
        }
        case "second name" -> Files.createLink(made.pathOf("upper/b"), made.pathOf("upper/file"));
        case "second name below" ->
            Files.createLink(made.pathOf("lower/b"), made.pathOf("lower/file"));
        default -> made.addFile("upper/unrelated", "");
      }
      try (VacuumEngine engine =
          VacuumEngine.open(LayerJob.of(made.spec()), HandMadeLayers.STORE)) {
        engine.run(MergeSettings.DEFAULTS, contentOnly, new VacuumTally());
      }
      assertEquals(
          contentOnly ? goesByContent : goes, !made.exists("upper/file"), "" + contentOnly);
    }
  }

  /** The kernel would list the lower's whiteout if its directory were shown alone. */
  @Test
  void emptyDirectoryOverOrphanWhiteoutsStays() throws IOException {
    layers.addWhiteout("lower/d/orphan").addDirectory("upper/d").withEqualTimes();
    vacuum();
    assertTrue(layers.exists("upper/d"));
    layers.addDirectory("base/d").withEqualTimes();
    vacuum();
    assertFalse(layers.exists("upper/d"), "a merged directory does not list them");
  }

  @Test
  void renamedEntriesStay() throws IOException {
    layers.addFile("lower/old/file", "x").addDirectory("upper/new").addFile("lower/data", "y");
    layers.addMark("upper/new", Mark.REDIRECT, "/old").addWhiteout("upper/old");
    layers.addMetacopy("upper/copy", 1).addMark("upper/copy", Mark.REDIRECT, "/data");
    layers.addFile("lower/copy", "z").withEqualTimes();
    vacuum();
    assertEquals(List.of("copy", "new", "old"), layers.namesIn("upper"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void failureOfAnyChangeLosesNothingAndTheNextRunFinishes(int workers) throws IOException {
    for (int i = 0; i < 12; i++) {
      String path = "d" + i % 4 + "/f" + i;
      layers.addFile("lower/" + path, "x").addFile("upper/" + path, "x");
    }
    layers.addFile("upper/d0/own", "").withEqualTimes();
    List<String> view = layers.view().withDirectoryTimes().manifest();
    int failures = 0;
    for (boolean finished = false; !finished; failures++) {
      FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE).failAt(4 + failures);
      try {
        vacuum(store, MergeSettings.DEFAULTS.withWorkers(workers), false);
        finished = true;
      } catch (IOException e) {
        assertEquals(layers.view().manifest().size(), view.size());
      }
      store.assertAllClosed();
    }
    assertTrue(failures > 3, "there were " + failures);
    assertEquals(view, layers.view().withDirectoryTimes().manifest());
    assertEquals(List.of("d0", "d0/own"), layers.namesIn("upper"));
  }

  @Test
  void upperThatIsNotUnderstoodIsRefusedBeforeAnyChange() throws IOException {
    layers.addFile("lower/file", "x").addFile("upper/file", "x").addMetacopy("upper/broken", 3);
    layers.addDirectory("work/work/incompat/volatile").withEqualTimes();
    List<String> before = layers.allLines();
    OverlayException e = assertThrows(OverlayException.class, this::vacuum);
    assertTrue(e.has(ProblemCode.METACOPY_DATA_MISSING));
    assertTrue(e.has(ProblemCode.VOLATILE_LEFTOVER), "all reasons come at once");
    assertEquals(before, layers.allLines());
  }

  @Test
  void cancellationNamesTheVacuum() throws IOException {
    layers.addFile("upper/file", "x");
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () ->
                vacuum(
                    HandMadeLayers.STORE, MergeSettings.DEFAULTS.withCancelled(() -> true), false));
    assertEquals(ProblemCode.MERGE_CANCELLED, e.problems().get(0).code());
    assertTrue(e.getMessage().contains("vacuum"), e.getMessage());
  }

  /** A vacuum that changes nothing writes nothing. */
  @Test
  void neededEntriesCostNoChange() throws IOException {
    layers.addFile("upper/d/own", "x").addFile("lower/d/other", "y").withEqualTimes();
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    store.faults().startRecording();
    vacuum(store, MergeSettings.DEFAULTS, false);
    assertEquals(
        List.of(FileOperation.SYNC, FileOperation.SYNC),
        store.faults().recordedOperations().stream()
            .filter(recorded -> !recorded.path().contains(".overlays-"))
            .map(RecordedOperation::operation)
            .filter(FileOperation::isChange)
            .toList());
  }
}
