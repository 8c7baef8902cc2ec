package dev.overlays.merge.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@link RepairingHandler}, {@link WhiteoutAudit} and {@link StagingCheck}. */
class RepairingHandlerTest {
  private static final Instant OLD = Instant.ofEpochSecond(1_500_000_000, 3);

  private final HandMadeLayers layers = new HandMadeLayers();
  private final RepairingHandler handler = new RepairingHandler(MarkNamespace.TRUSTED);

  RepairingHandlerTest() throws IOException {
    layers.addFile("lower/something", "").addFile("base/something else", "");
  }

  private static Problem problemAt(String path) {
    return Problem.of(ProblemCode.MARK_STRAY, Path.of(path), "It is so.", "remedy");
  }

  /** Checks the layers through a store, and returns codes and paths. */
  private List<String> check(LayerStore store) throws IOException {
    List<String> found = new ArrayList<>();
    new SpecAudit(
            layers.spec(),
            store,
            (problem, repair) ->
                found.add(
                    problem.code()
                        + " "
                        + problem.path().orElseThrow()
                        + (repair == null ? " left" : "")))
        .run();
    return found.stream().sorted().toList();
  }

  private List<String> check() throws IOException {
    return check(HandMadeLayers.STORE);
  }

  @Test
  void repairsAreCountedByCodeAndTheRestIsKept() throws IOException {
    handler.handleProblem(problemAt("/b"));
    handler.handleProblem(problemAt("/a"), () -> {});
    handler.handleProblem(problemAt("/a"), () -> {});
    RepairReport report = handler.createReport();
    assertEquals(Map.of(ProblemCode.MARK_STRAY, 2L), report.repaired());
    assertEquals(List.of(problemAt("/b")), report.left());
  }

  @Test
  void failedRepairIsLeftWithItsReasonAndOtherFailuresEndTheRun() throws IOException {
    handler.handleProblem(
        problemAt("/a"),
        () -> {
          throw new FileSystemException("/a", null, "no space left on device");
        });
    Problem left = handler.createReport().left().get(0);
    assertEquals("It is so. It could not be repaired: no space left on device.", left.message());
    assertEquals(ProblemCode.MARK_STRAY, left.code());
    assertEquals(Map.of(), handler.createReport().repaired());
    assertThrows(
        EOFException.class,
        () ->
            handler.handleProblem(
                problemAt("/a"),
                () -> {
                  throw new EOFException();
                }));
  }

  @Test
  void layerThatCannotBeChangedIsLeftAsItIs() throws IOException {
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    try (LayerDirectory lower = store.open(layers.pathOf("lower"))) {
      assertSame(handler, handler.forLayer(lower));
      store.failAt(2, FaultKind.NO_ACCESS);
      ProblemHandler readOnly = handler.forLayer(lower);
      assertNotSame(handler, readOnly);
      readOnly.handleProblem(
          problemAt("/a"),
          () -> {
            throw new AssertionError("must not be tried");
          });
      readOnly.handleProblem(problemAt("/b"));
    }
    assertEquals(
        List.of("It is so. It could not be repaired: permission denied.", "It is so."),
        handler.createReport().left().stream().map(Problem::message).toList());
  }

  /** composefs hides its objects so from kernels that take them for an ordinary lower. */
  @Test
  void whiteoutsOfAComposefsImageAreNoOrphans() throws IOException {
    for (int i = 0; i < 256; i++) {
      layers.addWhiteout(String.format("lower/%02x", i));
    }
    assertEquals(List.of(), check());
    layers.addWhiteout("lower/zz").addWhiteout("lower/100");
    assertEquals(
        List.of("WHITEOUT_ORPHAN /root/lower/100", "WHITEOUT_ORPHAN /root/lower/zz"), check());
    Files.delete(layers.pathOf("lower/ff"));
    assertEquals(2 + 255, check().size(), "such an image has all of them");
  }

  @Test
  void orphanOverAnEmptyLowerIsLeftUnlessItsDirectoryIsOpaque() throws IOException {
    layers.addWhiteout("upper/a").addWhiteout("upper/opaque/b").addDirectory("lower/opaque");
    layers.addMark("upper/opaque", Mark.OPAQUE, "y");
    assertEquals(
        List.of("WHITEOUT_ORPHAN /root/upper/a", "WHITEOUT_ORPHAN /root/upper/opaque/b"), check());
    Files.delete(layers.pathOf("base/something else"));
    assertEquals(
        List.of("WHITEOUT_ORPHAN /root/upper/a left", "WHITEOUT_ORPHAN /root/upper/opaque/b"),
        check(),
        "the disk of the lower may not be mounted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"upper", "lower"})
  void listedWhiteoutGetsAFormThatTheKernelKnowsThere(String layer) throws IOException {
    layers.addFile("base/d/gone", "x").addFile(layer + "/d/gone", "");
    layers.addMark(layer + "/d/gone", Mark.WHITEOUT, "y").setModified(layer + "/d", OLD);
    List<String> view = layers.view().manifest();
    assertEquals(List.of("WHITEOUT_LISTED /root/" + layer + "/d/gone"), check());
    RepairReport report = OverlayCheck.of(layers.spec()).store(layers.watchingStore()).repair();
    assertEquals(1, report.count(ProblemCode.WHITEOUT_LISTED));
    assertEquals(List.of(), check());
    assertEquals(view, layers.view().manifest());
    assertEquals(layer.equals("upper"), layers.markOf(layer + "/d", Mark.OPAQUE).isEmpty());
    assertEquals(OLD, layers.statOf(layer + "/d").modified());
  }

  /** The whiteout goes last, when nothing is left that it hides. */
  @Test
  void failureAtAnyRepairOfHiddenStagingNeverShowsIt() throws IOException {
    String name = LowerStaging.newName().toString();
    int at = 1;
    for (boolean failed = true; failed; at++) {
      HandMadeLayers made = new HandMadeLayers();
      made.addFile("lower/" + name + "/1/half a copy", "x").addWhiteout("upper/" + name);
      List<String> view = made.view().manifest();
      FaultyLayerStore store =
          new FaultyLayerStore(HandMadeLayers.STORE).failAt(at, FaultKind.NO_ACCESS);
      RepairReport report = OverlayCheck.of(made.spec()).store(store).repair();
      store.assertAllClosed();
      failed = at <= store.changeCount();
      assertEquals(view, made.view().manifest(), "after a failure at " + at);
      boolean isLeft = made.exists("lower/" + name) || made.exists("upper/" + name);
      assertTrue(!isLeft || !report.left().isEmpty(), "what is left is reported");
      assertTrue(failed || !isLeft);
    }
    assertTrue(at > 6, "there were " + at + " runs");
  }

  @Test
  void leftoverBesideTheUpperIsReportedByItsPath() throws IOException {
    layers.addFile("work/overlays-staging/1", "").addDirectory("work/overlays-trash");
    layers.addDirectory("work/overlays-private").addDirectory("work/something else");
    assertEquals(
        List.of(
            "STAGING_LEFTOVER /root/work/overlays-private",
            "STAGING_LEFTOVER /root/work/overlays-staging",
            "STAGING_LEFTOVER /root/work/overlays-trash"),
        check());
    layers.setModified("work", OLD);
    OverlayCheck.of(layers.spec()).store(HandMadeLayers.STORE).repair();
    assertEquals(List.of("something else"), layers.namesIn("work"));
    assertEquals(OLD, layers.statOf("work").modified(), "it is the time of the last mount");
  }

  @Test
  void linkCountIsAProblemOnlyInAnUpperWithoutAnIndex() throws IOException {
    layers.addFile("upper/file", "").addMark("upper/file", Mark.NLINK, "U+1");
    layers.addFile("lower/file", "").addMark("lower/file", Mark.NLINK, "U+1");
    assertEquals(List.of("MARK_STRAY /root/upper/file left"), check());
    layers.addDirectory("work/index");
    assertEquals(List.of(), check());
  }

  /** A view may be mounted and written to during a check. */
  @Test
  void entriesRemovedMeanwhileAreNoProblem() throws IOException {
    layers.addFile("upper/d/file", "").addMark("upper/d/file", Mark.ORIGIN, "x");
    layers.addFile("upper/e/file", "").addWhiteout("upper/f/gone").addFile("lower/f/gone", "");
    for (String gone : List.of("upper/d/file", "upper/d", "upper/e", "upper/f/gone")) {
      AlteredStore store =
          new AlteredStore(
              HandMadeLayers.STORE,
              (directory, method, arguments, call) -> {
                if (arguments.length > 0
                    && !method.startsWith("set")
                    && (directory + "/" + arguments[0]).equals("/root/" + gone)) {
                  throw new NoSuchFileException(gone);
                }
                return call.make();
              });
      assertEquals(List.of(), check(store), gone);
    }
  }

  @Test
  void failureOfAnyReadingLeavesNoHandleOpen() throws IOException {
    layers.addFile("lower/old/x/file", "").addDirectory("upper/new/x");
    layers.addMark("upper/new", Mark.REDIRECT, "/old").addMetacopy("upper/new/x/file", 0);
    layers.addWhiteout("upper/old");
    for (FileOperation operation :
        List.of(
            FileOperation.OPEN, FileOperation.STAT, FileOperation.LIST, FileOperation.READ_XATTR)) {
      boolean failed = true;
      for (int at = 1; failed; at++) {
        FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
        store.faults().failAt(operation, at, FaultKind.INPUT_OUTPUT);
        failed = false;
        try {
          check(store);
        } catch (IOException e) {
          failed = true;
        }
        store.assertAllClosed();
      }
    }
    assertEquals(Optional.of("/old"), layers.markOf("upper/new", Mark.REDIRECT));
  }
}
