package dev.overlays.merge.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@link EntryCopier}, {@link MovedEntryCounter} and {@link OrphanWhiteouts}. */
class CopiedEntryTest {
  private static final Name ENTRY = Name.of("entry");
  private static final LayerChanges CHANGES = new LayerChanges(false, MarkNamespace.TRUSTED);

  private final HandMadeLayers layers = new HandMadeLayers();

  CopiedEntryTest() throws IOException {}

  private static void createEntry(LayerDirectory directory, EntryType type) throws IOException {
    switch (type) {
      case FILE -> {
        try (var data = directory.createFile(ENTRY)) {
          data.write(new byte[] {1, 2, 3});
        }
        directory.setXattr(ENTRY, "user.own", new byte[] {4});
        directory.setMode(ENTRY, 0604);
      }
      case SYMLINK -> directory.createSymlink(ENTRY, new byte[] {(byte) 0xff, 'x'});
      default -> directory.createNode(ENTRY, type, 7, 9);
    }
    directory.setOwner(ENTRY, 11, 12);
  }

  @ParameterizedTest
  @EnumSource(
      value = EntryType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DIRECTORY", "UNKNOWN"})
  void copyHasTheDataAndTheAttributesButNoMarks(EntryType type) throws IOException {
    try (LayerDirectory upper = layers.openDirectory("upper");
        LayerDirectory work = layers.openDirectory("work");
        StagingDirectory staging = new StagingDirectory(work, Name.of("staging"))) {
      createEntry(upper, type);
      layers.addMark("upper/entry", Mark.ORIGIN, "handle");
      var source = new EntryCopier.CopySource(upper, ENTRY, LayerEntries.requireStat(upper, ENTRY));
      Name copy = new EntryCopier(CHANGES).copyEntry(source, source, staging);
      LayerDirectory target = staging.openDirectory();
      assertFalse(target.xattrs(copy).contains("trusted.overlay.origin"));
      target.rename(copy, target, ENTRY);
      assertEquals(
          LayerView.ofSingleLayer(HandMadeLayers.STORE, layers.pathOf("upper"), MarkNamespace.USER)
              .manifest("entry")
              .get(0)
              .replaceAll(" trusted.overlay.origin=\\w+", ""),
          LayerView.ofSingleLayer(
                  HandMadeLayers.STORE, layers.pathOf("work/staging"), MarkNamespace.USER)
              .manifest("entry")
              .get(0));
    }
  }

  /** A metacopy file has its attributes in the upper and its data in a layer below. */
  @Test
  void copyTakesDataAndAttributesFromTwoEntries() throws IOException {
    layers.addFile("upper/entry", "").setMode("upper/entry", 0641).addFile("lower/data", "data");
    try (LayerDirectory upper = layers.openDirectory("upper");
        LayerDirectory lower = layers.openDirectory("lower");
        LayerDirectory work = layers.openDirectory("work");
        StagingDirectory staging = new StagingDirectory(work, Name.of("staging"))) {
      Name data = Name.of("data");
      Name copy =
          new EntryCopier(CHANGES)
              .copyEntry(
                  new EntryCopier.CopySource(lower, data, LayerEntries.requireStat(lower, data)),
                  new EntryCopier.CopySource(upper, ENTRY, LayerEntries.requireStat(upper, ENTRY)),
                  staging);
      assertEquals("data", layers.contentOf("work/staging/" + copy));
      assertEquals(0641, layers.modeOf("work/staging/" + copy));
    }
  }

  /** Everything in a random tree is counted once, and the directories after what is in them. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void movedTreeCountsEachOfItsEntriesAsDeleted(long seed) throws IOException {
    layers.addDirectory("lower/tree");
    RandomLayers.of(seed, MarkNamespace.TRUSTED)
        .fillLayers(
            HandMadeLayers.STORE,
            layers.pathOf("lower/tree"),
            layers.addDirectory("upper/unused").pathOf("upper/unused"));
    List<String> heard = new ArrayList<>();
    MergeTally tally = new MergeTally((action, path, bytes) -> heard.add(path), null);
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    try (LayerDirectory lower = store.open(layers.pathOf("lower"))) {
      new MovedEntryCounter(tally)
          .countDeleted(lower, Name.of("tree"), EntryType.DIRECTORY, TreePlace.ROOT);
      assertEquals(1, store.openHandles());
    }
    assertEquals(
        layers.placesIn("lower").stream().map(TreePlace::toString).sorted().toList(),
        heard.stream().sorted().toList());
    for (int i = 0; i < heard.size(); i++) {
      int at = i;
      assertTrue(
          heard.subList(i, heard.size()).stream()
              .noneMatch(path -> path.startsWith(heard.get(at) + "/")));
    }
  }

  private LayerDirectory openDir(LayerDirectory root) throws IOException {
    return root.open(Name.of("dir"));
  }

  /** A lower's directory with whiteouts of both forms, and with what only looks like one. */
  private void makeWhiteouts() throws IOException {
    layers.addWhiteout("lower/dir/device").addFile("lower/dir/marked", "");
    layers.addMark("lower/dir/marked", Mark.WHITEOUT, "y").addFile("lower/dir/empty", "");
    layers.addFile("lower/dir/full", "data").addMark("lower/dir/full", Mark.WHITEOUT, "y");
    layers.addDirectory("lower/dir/inner");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "y", ""})
  void orphansAreDevicesAndWhereTheDirectorySaysSoMarkedFiles(String opaque) throws IOException {
    makeWhiteouts();
    layers.addMark("lower/dir", Mark.OPAQUE, opaque);
    List<String> left = new ArrayList<>(List.of("dir", "dir/empty", "dir/full", "dir/inner"));
    if (!opaque.equals("x")) {
      left.add("dir/marked");
    }
    try (LayerDirectory lower = layers.openDirectory("lower");
        LayerDirectory dir = openDir(lower)) {
      OrphanWhiteouts.removeFrom(CHANGES, dir, MarkNamespace.TRUSTED);
    }
    assertEquals(left, layers.namesIn("lower"));
  }

  /** The kernel leaves them out of the listing of a directory that is merged of several. */
  @Test
  void orphansAreListedWhereOneDirectoryIsShownAlone() throws IOException {
    makeWhiteouts();
    try (LayerRoots lowers = layers.openLowers();
        MergedDirectory alone = lowers.mergedRoot().openMerged(Name.of("dir"))) {
      assertTrue(OrphanWhiteouts.wouldBeListed(alone, MarkNamespace.TRUSTED));
    }
    layers.addDirectory("base/dir");
    try (LayerRoots lowers = layers.openLowers();
        MergedDirectory merged = lowers.mergedRoot().openMerged(Name.of("dir"));
        MergedDirectory none = lowers.mergedRoot().openMerged(Name.of("none"))) {
      assertFalse(OrphanWhiteouts.wouldBeListed(merged, MarkNamespace.TRUSTED));
      assertFalse(OrphanWhiteouts.wouldBeListed(none, MarkNamespace.TRUSTED));
    }
  }
}
