package dev.overlays.merge.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.Mark;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.report.Conflict;
import dev.overlays.merge.report.ConflictKind;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@link ConflictScan}, {@link ConflictTally} and {@link EntryEquality}. */
class ConflictScanTest {
  private final Instances instances = new Instances(3);
  private final HandMadeLayers layers = instances.layers;

  ConflictScanTest() throws IOException {}

  /** Makes an instance do something with {@code d/f}, which the lower has as a file. */
  private void act(int instance, String action) throws IOException {
    String path = "u" + instance + "/d/f";
    switch (action) {
      case "deletes" -> layers.addWhiteout(path);
      case "deletes around" -> layers.addWhiteout("u" + instance + "/d");
      case "replaces around" ->
          layers
              .addFile("u" + instance + "/d/other", "")
              .addMark("u" + instance + "/d", Mark.OPAQUE, "y");
      case "writes a" -> layers.addFile(path, "a");
      case "writes b" -> layers.addFile(path, "b");
      case "makes a directory" -> layers.addDirectory(path);
      case "renames around" -> {
        layers.addWhiteout("u" + instance + "/d").addDirectory("u" + instance + "/moved");
        layers.addMark("u" + instance + "/moved", Mark.REDIRECT, "/d");
      }
      default -> layers.addFile("u" + instance + "/unrelated" + instance, "");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, nothing, ''",
    "deletes, nothing, DELETED d/f u0 u1",
    "nothing, deletes, DELETED d/f u1 u0",
    "deletes, deletes, ''",
    "deletes around, nothing, DELETED d u0 u1",
    "replaces around, nothing, 'DELETED d/f u0 u1'",
    "renames around, nothing, DELETED d u0 u1",
    "makes a directory, nothing, DELETED d/f u0 u1",
    "writes a, nothing, ''",
    "writes a, writes a, ''",
    "writes a, writes b, CHANGED d/f u0 u1",
    "writes a, deletes, CHANGED d/f u0 u1",
    "writes a, makes a directory, CHANGED d/f u0 u1",
    "deletes around, deletes around, ''",
  })
  void contradictionsOfTwoInstancesAreConflicts(String first, String second, String conflict)
      throws IOException {
    layers.addFile("lower/d/f", "old");
    act(0, first);
    act(1, second);
    Files.delete(layers.pathOf("u2"));
    Files.delete(layers.pathOf("w2"));
    instances.specs.remove(2);
    assertEquals(conflict.isEmpty() ? List.of() : List.of(conflict), instances.conflicts(2));
  }

  @Test
  void instanceThatStaysIsInNoConflictByItself() throws IOException {
    layers.addFile("lower/d/f", "old");
    act(1, "deletes");
    assertEquals(List.of(), instances.conflicts(1), "its deletion is not merged");
    act(2, "writes a");
    assertEquals(List.of(), instances.conflicts(1), "neither of both is");
    act(0, "deletes");
    assertEquals(
        List.of("CHANGED d/f u0 u2"), instances.conflicts(1), "one conflict a name is enough");
  }

  /** Each instance has made its own directory; only what is in both can differ. */
  @Test
  void newDirectoriesOfTwoInstancesAreComparedEntryByEntry() throws IOException {
    for (int i = 0; i < 2; i++) {
      layers.addFile("u" + i + "/new/same", "x").addFile("u" + i + "/new/differs", "y" + i);
      layers.addFile("u" + i + "/new/only" + i, "").addMark("u" + i + "/new", Mark.OPAQUE, "y");
    }
    assertEquals(List.of("CHANGED new/differs u0 u1"), instances.conflicts(3));
  }

  @Test
  void stagingOfAnInterruptedMergeIsNoConflict() throws IOException {
    layers.addWhiteout("u0/" + LowerStaging.newName());
    layers.addFile("lower/" + LowerStaging.newName() + "/1", "");
    assertEquals(List.of(), instances.conflicts(3));
  }

  /** What both have put there; times do not count. */
  @ParameterizedTest
  @ValueSource(strings = {"time", "mode", "owner", "xattr", "other xattr", "data", "size", "type"})
  void changesAreAlikeUnlessMoreThanTheTimeDiffers(String differs) throws IOException {
    for (String upper : List.of("u0", "u1")) {
      layers.addFile(upper + "/file", "data").setMode(upper + "/file", 0640);
      layers.runAt(upper + "/file", (d, name) -> d.setXattr(name, "user.own", new byte[] {1}));
      layers.addMark(upper + "/file", Mark.ORIGIN, "of " + upper);
    }
    assertEquals(List.of(), instances.conflicts(2));
    layers.runAt(
        "u1/file",
        (directory, name) -> {
          switch (differs) {
            case "mode" -> directory.setMode(name, 0600);
            case "owner" -> directory.setOwner(name, 1, 0);
            case "xattr" -> directory.setXattr(name, "user.own", new byte[] {2});
            case "other xattr" -> directory.setXattr(name, "user.more", new byte[] {1});
            default -> {
              // The data is changed below.
            }
          }
        });
    switch (differs) {
      case "data" -> Files.writeString(layers.pathOf("u1/file"), "DATA");
      case "size" -> Files.writeString(layers.pathOf("u1/file"), "longer data");
      case "time" -> layers.setModified("u1/file", Instant.EPOCH);
      case "type" -> {
        Files.delete(layers.pathOf("u1/file"));
        layers.addDirectory("u1/file");
      }
      default -> assertEquals("data", layers.contentOf("u1/file"));
    }
    assertEquals(
        differs.equals("time") ? List.of() : List.of("CHANGED file u0 u1"), instances.conflicts(2));
  }

  @Test
  void protectionIsComparedAsItIsShown() throws IOException {
    for (String upper : List.of("u0", "u1")) {
      layers.addFile(upper + "/file", "data");
    }
    layers.addMark("u0/file", Mark.PROTATTR, "i");
    assertEquals(List.of("CHANGED file u0 u1"), instances.conflicts(2));
    layers.addMark("u1/file", Mark.PROTATTR, "i");
    assertEquals(List.of(), instances.conflicts(2));
  }

  @Test
  void metacopiesAreComparedByTheDataThatTheyShow() throws IOException {
    layers.addFile("lower/file", "data").addMetacopy("u0/file", 4).addFile("u1/file", "data");
    assertEquals(List.of(), instances.conflicts(2));
    Files.writeString(layers.pathOf("u1/file"), "DATA");
    assertEquals(List.of("CHANGED file u0 u1"), instances.conflicts(2));
  }

  @Test
  void tallyCountsAllAndKeepsAHundred() throws IOException {
    ConflictTally tally = new ConflictTally();
    tally.refuseAny();
    for (int i = 0; i < 150; i++) {
      ConflictKind kind = i % 3 == 0 ? ConflictKind.DELETED : ConflictKind.CHANGED;
      tally.addConflict(new Conflict(kind, "p" + i, Path.of("/u0"), Path.of("/u1")));
    }
    assertEquals(
        Map.of(ConflictKind.DELETED, 50L, ConflictKind.CHANGED, 100L), tally.countsByKind());
    OverlayException e = assertThrows(OverlayException.class, tally::refuseAny);
    assertEquals(100, e.problems().size());
    Problem first = e.problems().get(0);
    assertEquals(ProblemCode.MERGE_CONFLICT, first.code());
    assertEquals(Path.of("/u0"), first.path().orElseThrow());
    assertEquals(
        "\"p0\" was deleted in it, but is still shown over the upper /u1.", first.message());
    assertTrue(e.problems().get(1).message().contains("changed in it, and differently in"));
  }

  /** Every reading of the scan fails once. */
  @Test
  void failureAtAnyReadingLeavesNoHandleOpen() throws IOException {
    layers.addFile("lower/d/e/f", "old").addFile("u0/d/e/f", "a").addFile("u1/d/e/f", "b");
    layers.addFile("u2/d/e/new", "");
    for (FileOperation operation :
        List.of(FileOperation.OPEN, FileOperation.LIST, FileOperation.STAT, FileOperation.READ)) {
      boolean failed = true;
      for (int at = 1; failed; at++) {
        FaultyLayerStore faulty = new FaultyLayerStore(HandMadeLayers.STORE);
        faulty.faults().failAt(operation, at, FaultKind.INPUT_OUTPUT);
        failed = failsToScan(faulty);
        faulty.assertAllClosed();
      }
    }
  }

  private boolean failsToScan(FaultyLayerStore faulty) {
    try (InstanceRoots roots =
        InstanceRoots.open(instances.specs, instances.specs, spec -> EntrySelection.ALL, faulty)) {
      ConflictTally tally = new ConflictTally();
      new ConflictScan(tally).scanRoots(roots.roots(), roots.lowers().mergedRoot());
      assertEquals(1, tally.firstConflicts().size());
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
