package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Instances over {@code lower} and {@code base}, whose uppers are {@code u0}, {@code u1} and so on.
 */
final class Instances {
  final HandMadeLayers layers = new HandMadeLayers();
  final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
  final List<OverlaySpec> specs = new ArrayList<>();

  Instances(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      layers.addDirectory("u" + i).addDirectory("w" + i);
      specs.add(
          layers.specBuilder().upper(layers.pathOf("u" + i)).work(layers.pathOf("w" + i)).build());
    }
  }

  OverlaySpec spec(int instance) {
    return specs.get(instance);
  }

  /** Opens the roots. The first instances are to be merged. */
  InstanceRoots openRoots(int merging) throws IOException {
    return InstanceRoots.open(specs, specs.subList(0, merging), spec -> EntrySelection.ALL, store);
  }

  /** Returns the conflicts as lines of kind, path and both uppers. */
  List<String> conflicts(int merging) throws IOException {
    ConflictTally tally = new ConflictTally();
    try (InstanceRoots roots = openRoots(merging)) {
      new ConflictScan(tally).scanRoots(roots.roots(), roots.lowers().mergedRoot());
    }
    store.assertAllClosed();
    return tally.firstConflicts().stream()
        .map(
            c ->
                c.kind()
                    + " "
                    + c.path()
                    + " "
                    + c.first().getFileName()
                    + " "
                    + c.second().getFileName())
        .sorted()
        .toList();
  }

  /** Returns what an instance shows. */
  List<String> viewOf(int instance) throws IOException {
    return LayerView.of(
            HandMadeLayers.STORE,
            layers.pathOf("u" + instance),
            spec(instance).lowers(),
            MarkNamespace.TRUSTED)
        .withoutHardLinks()
        .withDirectoryTimes()
        .manifest();
  }

  /** Returns the entries of an upper. */
  List<String> placesIn(String layer) throws IOException {
    return layers.placesIn(layer).stream().map(TreePlace::toString).sorted().toList();
  }
}
