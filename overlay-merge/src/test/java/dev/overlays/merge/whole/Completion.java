package dev.overlays.merge.whole;

import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LastMount;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedEntryCounter;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.survey.UpperSurvey;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Completes an upper, as a merge does before it moves anything into the lower. */
final class Completion {
  final List<String> counted = new ArrayList<>();
  boolean treesCrossed;
  boolean filesCrossed;
  boolean hasProtected;

  private final LayerStore store;
  private final Path root;
  private final boolean renames;
  private final boolean single;

  /** The layers are {@code upper}, {@code lower}, {@code base} and {@code work} in a root. */
  Completion(LayerStore store, Path root, boolean renames, boolean single) {
    this.store = store;
    this.root = root;
    this.renames = renames;
    this.single = single;
  }

  void run() throws IOException {
    MarkNamespace marks = MarkNamespace.TRUSTED;
    List<Path> paths = new ArrayList<>(List.of(root.resolve("lower")));
    if (!single) {
      paths.add(root.resolve("base"));
    }
    LayerChanges changes = new LayerChanges(false, marks);
    try (LayerDirectory upper = store.open(root.resolve("upper"));
        LayerRoots lowers = LayerRoots.openRoots(store, paths, List.of(), marks);
        LayerDirectory work = store.open(root.resolve("work"));
        StagingDirectory staging = new StagingDirectory(work, Name.of("overlays-staging"))) {
      staging.removeLeftover();
      DirectoryTimes times = new DirectoryTimes(changes, marks, LastMount.of(work));
      MergeTally tally =
          new MergeTally((action, path, bytes) -> counted.add(action + " " + path), null);
      MovedEntryCounter moved = new MovedEntryCounter(tally);
      LowerPullUp pull = new LowerPullUp(changes, marks, staging, moved, renames, single);
      MetacopyCompletion files =
          new MetacopyCompletion(changes, marks, times, staging, moved, renames);
      new UpperCompletion(changes, times, upper, lowers, pull, files, true)
          .completeEntries(
              UpperSurvey.withMetacopies(upper, LayerFit.of(marks), lowers, file -> true)
                  .renamedEntries());
      treesCrossed = pull.hasCrossed();
      filesCrossed = files.hasCrossed();
      hasProtected = pull.hasProtected();
    }
  }
}
