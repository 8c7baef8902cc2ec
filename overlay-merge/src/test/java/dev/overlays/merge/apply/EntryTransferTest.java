package dev.overlays.merge.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Merges into a directory of the lower that takes no entries from elsewhere, as a subvolume. */
class EntryTransferTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private boolean opensStaging = true;

  EntryTransferTest() throws IOException {}

  @BeforeEach
  void createLayers() throws IOException {
    layers.addFile("lower/part/old", "old").addFile("upper/part/old", "changed");
    layers.addFile("upper/part/new", "new").addFile("upper/plain", "plain").withEqualTimes();
  }

  private static boolean isInPart(LayerDirectory directory) {
    return directory.toString().contains("/lower/part");
  }

  private Object answer(
      LayerDirectory directory, String method, Object[] arguments, AlteredStore.OriginalCall call)
      throws IOException {
    if (method.equals("canMoveFrom")) {
      return isInPart(directory) == isInPart((LayerDirectory) arguments[0]);
    }
    if (method.equals("open") && LowerStaging.isStagingName((Name) arguments[0]) && !opensStaging) {
      throw new FileSystemException("staging", null, "too many open files");
    }
    return call.make();
  }

  private FaultyLayerStore partedStore() {
    return new FaultyLayerStore(new AlteredStore(HandMadeLayers.STORE, this::answer));
  }

  @Test
  void copiesAreStagedInTheDirectoryItselfAndTheRestIsRenamed() throws IOException {
    List<String> view = layers.view().manifest();
    List<String> renames = new ArrayList<>();
    FaultyLayerStore store = partedStore();
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            assertEquals(view, layers.view().manifest(), () -> operation + " " + path);
            if (operation == FileOperation.RENAME) {
              renames.add(path.replaceAll("overlays-merge-[^/]*", "staging"));
            }
          }
        });
    OverlayMerge.of(layers.spec()).store(store).run();
    store.assertAllClosed();
    assertTrue(renames.contains("/root/upper/plain -> /root/lower/plain"), renames::toString);
    String copy = "/root/lower/part/\\.staging/\\d -> /root/lower/part/new";
    assertTrue(renames.stream().anyMatch(path -> path.matches(copy)), renames::toString);
    assertEquals(List.of(), layers.namesIn("upper"));
    assertEquals(List.of("part", "part/new", "part/old", "plain"), layers.namesIn("lower"));
  }

  /** The whiteout that hides the staging directory goes only after it. */
  @Test
  void viewNeverShowsAStagingDirectoryThatCannotBeOpened() throws IOException {
    List<String> view = layers.view().manifest();
    opensStaging = false;
    FaultyLayerStore store = partedStore();
    OverlayException e =
        assertThrows(OverlayException.class, OverlayMerge.of(layers.spec()).store(store)::run);
    assertEquals(ProblemCode.MERGE_STOPPED, e.problems().get(0).code());
    store.assertAllClosed();
    assertEquals(view, layers.view().manifest());
    opensStaging = true;
    OverlayMerge.of(layers.spec()).store(partedStore()).run();
    assertEquals(view, layers.view().manifest());
    assertEquals(List.of(), layers.namesIn("upper"));
  }
}
