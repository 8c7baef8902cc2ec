package dev.overlays.merge.whole;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LinkedNames;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.lookup.UpperIndex;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedEntryCounter;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an upper independent of its index, so that inodes of both layers can be moved. With an
 * index, a write to one name of a lower's file shows under all of its names. These names are
 * created in the upper, and then the index is emptied.
 */
public final class IndexRelease {
  private final LayerJob job;
  private final OpenLayers layers;
  private final LayerChanges changes;
  private final DirectoryTimes times;
  private final Map<ByteBuffer, LinkedFile> files = new HashMap<>();

  /** A file that the view shows under several names, and one place where it is. */
  private record LinkedFile(LayerDirectory directory, Name name) {}

  /** A name to be created in the upper. */
  private record MissingName(List<Name> path, LinkedFile file) {}

  public IndexRelease(LayerJob job, OpenLayers layers, LayerChanges changes, DirectoryTimes times) {
    this.job = job;
    this.layers = layers;
    this.changes = changes;
    this.times = times;
  }

  /**
   * Whether the kernel ties inodes of the layers to each other: by an option of the spec, or by a
   * default of the kernel when the view was mounted.
   */
  public static boolean isNeeded(LayerJob job, OpenLayers layers) throws IOException {
    return job.options().index() || job.options().nfsExport() || UpperIndex.existsIn(layers.work());
  }

  /** Releases the index before layers are changed in another way than by a merge. */
  public static void releaseBefore(LayerJob job, OpenLayers layers, LayerChanges changes)
      throws IOException {
    if (!changes.isDryRun() && isNeeded(job, layers)) {
      DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
      new IndexRelease(job, layers, changes, times).run(false);
    }
  }

  /**
   * Releases the index.
   *
   * @param pullsUp whether the merge moves what renamed directories show of the lower. An inode
   *     with another name that stays in the lower must not be moved, so the upper gets a copy of it
   */
  public void run(boolean pullsUp) throws IOException {
    if (job.options().nfsExport()) {
      new VerifiedDirectories(changes, layers.lowers()).makeOpaque(layers.upper());
    }
    Optional<UpperIndex> index = UpperIndex.openIndex(layers.work(), job.marks());
    try (UpperIndex opened = index.orElse(null);
        StagingDirectory staging = layers.createStaging(changes)) {
      staging.removeLeftover();
      MovedEntryCounter moved = new MovedEntryCounter(new MergeTally(null, null));
      LowerPullUp pull = new LowerPullUp(changes, job.marks(), staging, moved, false, false);
      if (opened != null) {
        opened
            .entriesLackingNames()
            .forEach(
                (handle, name) -> files.put(handle, new LinkedFile(opened.indexDirectory(), name)));
      }
      if (pullsUp) {
        LinkedNames.forEachRenamed(
            layers.upper(),
            layers.lowers(),
            (path, below, shown) -> copyLinked(below, shown, pull, staging));
      }
      for (MissingName link : findMissing()) {
        createMissing(link, pull);
      }
      if (opened != null) {
        opened.removeEntries();
      }
    }
  }

  private void copyLinked(
      MergedDirectory below, ShownEntry shown, LowerPullUp pull, StagingDirectory staging)
      throws IOException {
    Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
    if (handle.isPresent() && !files.containsKey(ByteBuffer.wrap(handle.get()))) {
      Name copy = pull.copyToStaging(below, shown);
      files.put(ByteBuffer.wrap(handle.get()), new LinkedFile(staging.openDirectory(), copy));
    }
  }

  private List<MissingName> findMissing() throws IOException {
    List<MissingName> missing = new ArrayList<>();
    if (!files.isEmpty()) {
      LinkedNames.forEach(
          layers.upper(),
          layers.lowers(),
          (path, below, shown) ->
              findLinked(shown).ifPresent(at -> missing.add(new MissingName(path, at))));
    }
    return missing;
  }

  private Optional<LinkedFile> findLinked(ShownEntry shown) throws IOException {
    Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
    LinkedFile file = handle.map(bytes -> files.get(ByteBuffer.wrap(bytes))).orElse(null);
    boolean alike =
        file != null
            && LayerEntries.requireStat(file.directory(), file.name()).type()
                == shown.stat().type();
    return alike ? Optional.of(file) : Optional.empty();
  }

  private void createMissing(MissingName link, LowerPullUp pull) throws IOException {
    LayerDirectory directory = layers.upper().open(Name.SELF);
    MergedDirectory below = layers.lowers().mergedRoot();
    try {
      int last = link.path().size() - 1;
      for (Name name : link.path().subList(0, last)) {
        if (directory.stat(name).isEmpty()) {
          pullUp(directory, below, below.findShown(name).orElseThrow(), pull);
        }
        try (MergedDirectory outerBelow = below;
            LayerDirectory outer = directory) {
          below = outerBelow.below(outer, name);
          directory = outer.open(name);
        }
      }
      LinkedFile file = link.file();
      EntryStat before = times.rememberTime(directory, Name.SELF, statSelf(directory));
      file.directory().createLink(file.name(), directory, link.path().get(last));
      times.restoreTime(directory, Name.SELF, before);
    } finally {
      closeBoth(directory, below);
    }
  }

  private static void closeBoth(LayerDirectory directory, MergedDirectory below)
      throws IOException {
    try (below;
        directory) {
      // Closes both, even if one of them throws.
    }
  }

  private void pullUp(
      LayerDirectory directory, MergedDirectory below, ShownEntry shown, LowerPullUp pull)
      throws IOException {
    EntryStat before = times.rememberTime(directory, Name.SELF, statSelf(directory));
    pull.pullUp(directory, below, shown, TreePlace.ROOT);
    times.restoreTime(directory, Name.SELF, before);
  }

  private static EntryStat statSelf(LayerDirectory directory) throws IOException {
    return LayerEntries.requireStat(directory, Name.SELF);
  }
}
