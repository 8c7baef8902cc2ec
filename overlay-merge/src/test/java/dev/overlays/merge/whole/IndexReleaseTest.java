package dev.overlays.merge.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.IndexedUpperStore;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.InjectedFaultException;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests {@link IndexRelease}, {@link VerifiedDirectories} and {@link SquashIndexRelease}, over a
 * store whose file handles are the numbers of inodes.
 */
class IndexReleaseTest {
  private static final byte[] HEADER = new byte[21];

  private final HandMadeLayers layers = new HandMadeLayers();
  private final LayerStore handles =
      new AlteredStore(
          HandMadeLayers.STORE,
          (directory, method, arguments, call) ->
              method.equals("fileHandle")
                  ? Optional.of(handleOf(LayerEntries.requireStat(directory, (Name) arguments[0])))
                  : call.make());

  IndexReleaseTest() throws IOException {}

  private static byte[] handleOf(EntryStat stat) {
    return ByteBuffer.allocate(8).putLong(stat.inode()).array();
  }

  private static byte[] markOf(EntryStat stat) {
    return ByteBuffer.allocate(29).put(HEADER).put(handleOf(stat)).array();
  }

  /** A file of the lower with three names, of which one was written to in the view. */
  @BeforeEach
  void writeToOneName() throws IOException {
    layers.addFile("lower/a", "old").addDirectory("lower/sub/deep").addDirectory("base/sub");
    layers.addFile("lower/plain", "x");
    Files.createLink(layers.pathOf("lower/b"), layers.pathOf("lower/a"));
    Files.createLink(layers.pathOf("lower/sub/deep/c"), layers.pathOf("lower/a"));
    layers.addFile("upper/a", "written").addMark("upper/a", Mark.NLINK, "U+1");
    layers.addDirectory("work/index");
    Files.createLink(indexEntry("lower/a"), layers.pathOf("upper/a"));
    layers.withEqualTimes();
  }

  private Path indexEntry(String lower) throws IOException {
    String name = HexFormat.of().formatHex(markOf(layers.statOf(lower)));
    return layers.pathOf("work/index/" + name);
  }

  private void release(LayerStore store, OverlaySpec spec, boolean dryRun) throws IOException {
    LayerJob job = LayerJob.of(spec);
    try (OpenLayers open = OpenLayers.open(job, store)) {
      IndexRelease.releaseBefore(job, open, new LayerChanges(dryRun, job.marks()));
    }
  }

  /** Returns what the kernel shows by the index. */
  private List<String> indexedView() throws IOException {
    return LayerView.of(
            IndexedUpperStore.forReading(handles, List.of(layers.spec())),
            layers.pathOf("upper"),
            List.of(layers.pathOf("lower"), layers.pathOf("base")),
            MarkNamespace.TRUSTED)
        .withoutHardLinks()
        .manifest();
  }

  @Test
  void everyNameOfTheFileIsCreatedInTheUpperAndTheIndexIsEmpty() throws IOException {
    List<String> before = indexedView();
    Instant subTime = layers.statOf("lower/sub").modified();
    FaultyLayerStore store = new FaultyLayerStore(handles);
    release(store, layers.spec(), false);
    store.assertAllClosed();
    long inode = layers.statOf("upper/a").inode();
    for (String name : List.of("upper/b", "upper/sub/deep/c")) {
      assertEquals(inode, layers.statOf(name).inode(), name);
    }
    assertEquals(List.of("index"), layers.namesIn("work"));
    assertEquals(List.of("a", "b", "sub", "sub/deep", "sub/deep/c"), layers.namesIn("upper"));
    assertEquals(subTime, layers.statOf("upper/sub").modified());
    assertEquals(before, layers.view().manifest(), "the layers show it without the index now");
  }

  @Test
  void crashAtAnyChangeKeepsWhatTheIndexShows() throws IOException {
    List<String> before = indexedView();
    int crash = 1;
    for (boolean finished = false; !finished; crash++) {
      FaultyLayerStore store = new FaultyLayerStore(handles).crashAt(crash);
      try {
        release(store, layers.spec(), false);
        finished = true;
      } catch (InjectedFaultException e) {
        assertTrue(store.hasCrashed());
      }
      store.assertAllClosed();
      assertEquals(before, indexedView(), "after crash " + crash);
    }
    assertEquals(before, layers.view().manifest());
    assertEquals(Optional.empty(), layers.markOf("upper/sub/deep", Mark.MERGE_TIME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"option", "export", "directory", "none"})
  void releaseIsNeededWhereverTheKernelMayTieInodes(String by) throws IOException {
    Files.delete(indexEntry("lower/a"));
    Files.delete(layers.pathOf("work/index"));
    if (by.equals("directory")) {
      layers.addDirectory("work/index");
    }
    OverlaySpec.Builder builder =
        OverlaySpec.builder()
            .lower(layers.pathOf("lower"))
            .upper(layers.pathOf("upper"))
            .work(layers.pathOf("work"));
    OverlaySpec spec =
        switch (by) {
          case "option" -> builder.options(o -> o.withIndex(true)).build();
          case "export" -> builder.options(o -> o.withIndex(true).withNfsExport(true)).build();
          default -> builder.build();
        };
    try (OpenLayers open = OpenLayers.open(LayerJob.of(spec), handles)) {
      assertEquals(!by.equals("none"), IndexRelease.isNeeded(LayerJob.of(spec), open));
    }
  }

  @Test
  void dryRunKeepsTheIndex() throws IOException {
    FaultyLayerStore store = new FaultyLayerStore(handles);
    release(store, layers.spec(), true);
    assertEquals(0, store.changeCount());
    assertTrue(Files.exists(indexEntry("lower/a")));
  }

  private OverlaySpec exporting() {
    return OverlaySpec.builder()
        .lower(layers.pathOf("lower"))
        .lower(layers.pathOf("base"))
        .upper(layers.pathOf("upper"))
        .work(layers.pathOf("work"))
        .options(o -> o.withIndex(true).withNfsExport(true))
        .build();
  }

  private void setOrigin(String path, byte[] value) throws IOException {
    layers.runAt(
        path,
        (directory, name) ->
            directory.setXattr(name, Mark.ORIGIN.xattr(MarkNamespace.TRUSTED), value));
  }

  /** Such a view does not merge a directory with another one than it was copied up from. */
  @Test
  void directoryOfAnotherOriginBecomesOpaqueWithNfsExport() throws IOException {
    layers.addDirectory("upper/sub/deep").addDirectory("lower/other").addDirectory("upper/other");
    layers.addDirectory("upper/new").addDirectory("lower/unmarked").addDirectory("upper/unmarked");
    setOrigin("upper/sub", markOf(layers.statOf("lower/sub")));
    setOrigin("upper/sub/deep", markOf(layers.statOf("lower/other")));
    setOrigin("upper/other", new byte[] {1});
    release(handles, exporting(), false);
    assertEquals(Optional.empty(), layers.markOf("upper/sub", Mark.OPAQUE));
    assertEquals(Optional.of("y"), layers.markOf("upper/sub/deep", Mark.OPAQUE));
    assertEquals(Optional.of("y"), layers.markOf("upper/other", Mark.OPAQUE));
    assertEquals(Optional.empty(), layers.markOf("upper/new", Mark.OPAQUE), "nothing to hide");
    assertEquals(Optional.empty(), layers.markOf("upper/unmarked", Mark.OPAQUE));
    assertFalse(layers.exists("upper/sub/deep/c"), "the view does not show it there");
  }

  @Test
  void squashRefusesNfsExportBeforeAnythingIsOpened() {
    OverlayException e =
        assertThrows(OverlayException.class, () -> SquashIndexRelease.refuseVerified(exporting()));
    assertEquals(ProblemCode.OPTION_CONFLICT, e.problems().get(0).code());
    assertEquals(layers.pathOf("upper"), e.problems().get(0).path().orElseThrow());
  }

  @Test
  void squashUntiesTheUpperAndForgetsItsLower() throws IOException {
    layers.runAt(
        "upper",
        (directory, name) ->
            directory.setXattr(name, Mark.ORIGIN.xattr(MarkNamespace.TRUSTED), new byte[] {1}));
    SquashIndexRelease index = new SquashIndexRelease(layers.spec(), handles);
    index.releaseIndex();
    assertTrue(layers.exists("upper/sub/deep/c"));
    assertTrue(layers.markOf("upper", Mark.ORIGIN).isPresent());
    index.forgetLower();
    assertEquals(Optional.empty(), layers.markOf("upper", Mark.ORIGIN));
  }

  @Test
  void viewThatWasNeverMountedHasNothingToUntie() throws IOException {
    OverlaySpec never =
        layers.specBuilder().upper(layers.pathOf("none")).work(layers.pathOf("no work")).build();
    new SquashIndexRelease(never, handles).releaseIndex();
    try (LayerDirectory root = HandMadeLayers.STORE.open(layers.pathOf("upper").getParent())) {
      assertTrue(root.stat(Name.of("none")).isEmpty());
    }
  }
}
