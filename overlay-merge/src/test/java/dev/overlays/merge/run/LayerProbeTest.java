package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LayerProbeTest {
  private final HandMadeLayers layers = new HandMadeLayers();

  LayerProbeTest() throws IOException {}

  /** Runs a probe over layers in which one kind of operation fails. */
  private boolean canRename(String layer, String operation, IOException failure)
      throws IOException {
    AlteredStore store =
        new AlteredStore(
            HandMadeLayers.STORE,
            (directory, method, arguments, call) -> {
              if (method.equals(operation) && directory.toString().endsWith(layer)) {
                throw failure;
              }
              return call.make();
            });
    List<String> before = layers.allLines();
    try (LayerDirectory upper = store.open(layers.pathOf("upper"));
        LayerDirectory lower = store.open(layers.pathOf("lower"))) {
      return LayerProbe.canRename(upper, lower);
    } finally {
      assertEquals(before, layers.allLines(), "a probe changes nothing");
    }
  }

  @Test
  void layersOfOneFileSystemCanBeRenamedBetween() throws IOException {
    assertTrue(canRename("none", "none", null));
  }

  @Test
  void readOnlyLayerIsRefusedByItsPathAndTheReason() {
    FileSystemException readOnly = new FileSystemException("x", null, "read-only file system");
    for (String layer : List.of("lower", "upper")) {
      OverlayException e =
          assertThrows(OverlayException.class, () -> canRename(layer, "remove", readOnly));
      Problem problem = e.problems().get(0);
      assertEquals(
          layer.equals("lower")
              ? ProblemCode.MERGE_LOWER_READ_ONLY
              : ProblemCode.MERGE_UPPER_READ_ONLY,
          problem.code());
      assertEquals(Optional.of("/root/" + layer), problem.path().map(Object::toString));
      assertEquals("The directory cannot be changed: read-only file system.", problem.message());
      assertFalse(problem.remedy().isBlank());
    }
  }

  /** Two mounts of one file system have one device number, and refuse renames nevertheless. */
  @Test
  void refusedRenameMeansCopies() throws IOException {
    assertFalse(
        canRename("upper", "rename", new AtomicMoveNotSupportedException("a", "b", "crosses")));
    assertFalse(canRename("upper", "rename", new AccessDeniedException("a")));
  }

  @Test
  void failureOfTheDiskIsNotTakenForARefusal() {
    IOException broken = new IOException("broken");
    assertEquals(
        broken, assertThrows(IOException.class, () -> canRename("upper", "rename", broken)));
    assertEquals(
        broken, assertThrows(IOException.class, () -> canRename("lower", "remove", broken)));
  }

  @Test
  void storeThatRefusesATransferIsAskedBeforeAnythingIsTried() throws IOException {
    AlteredStore store =
        new AlteredStore(
            HandMadeLayers.STORE,
            (directory, method, arguments, call) -> {
              assertFalse(method.equals("rename"));
              return method.equals("canMoveFrom") ? false : call.make();
            });
    try (LayerDirectory upper = store.open(layers.pathOf("upper"));
        LayerDirectory lower = store.open(layers.pathOf("lower"))) {
      assertFalse(LayerProbe.canRename(upper, lower));
    }
  }

  @Test
  void anotherDeviceMeansCopies() throws IOException {
    HandMadeLayers elsewhere = new HandMadeLayers();
    try (LayerDirectory upper = layers.openDirectory("upper");
        LayerDirectory lower = elsewhere.openDirectory("lower")) {
      assertFalse(LayerProbe.canRename(upper, lower));
      Problem problem = LayerProbe.besideProblem(upper, lower).orElseThrow();
      assertEquals(ProblemCode.UPPER_WORK_ON_DIFFERENT_MOUNTS, problem.code());
      assertEquals(Optional.of("/root/lower"), problem.path().map(Object::toString));
    }
    try (LayerDirectory beside = layers.openDirectory("work");
        LayerDirectory layer = layers.openDirectory("lower")) {
      assertEquals(Optional.empty(), LayerProbe.besideProblem(beside, layer));
    }
  }
}
