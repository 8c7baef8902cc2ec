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
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an upper independent of its index, so that its inodes and those of the lower may be moved:
 * what only the index shows gets names in the upper, then the index is emptied. When one of the
 * names of a lower's file was written to, all the others show that, too.
 */
public final class IndexRelease {
  private final MergeJob job;
  private final OpenLayers layers;
  private final LayerChanges changes;
  private final DirectoryTimes times;
  private final Map<ByteBuffer, LinkedInode> files = new HashMap<>();

  /** An inode that shows under several names, by one of them. */
  private record LinkedInode(LayerDirectory directory, Name name) {}

  /** A name that the upper has to get. */
  private record MissingName(List<Name> path, LinkedInode file) {}

  public IndexRelease(MergeJob job, OpenLayers layers, LayerChanges changes, DirectoryTimes times) {
    this.job = job;
    this.layers = layers;
    this.changes = changes;
    this.times = times;
  }

  /**
   * Whether the kernel ties inodes of the layers to each other: the spec says so, or the view was
   * mounted so, be it by a default of the kernel.
   */
  public static boolean isNeeded(MergeJob job, OpenLayers layers) throws IOException {
    return job.options().index() || job.options().nfsExport() || UpperIndex.isIn(layers.work());
  }

  /** Does it for somebody who changes the layers in another way than a merge. */
  public static void releaseBefore(MergeJob job, OpenLayers layers, LayerChanges changes)
      throws IOException {
    if (!changes.dryRun() && isNeeded(job, layers)) {
      DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
      new IndexRelease(job, layers, changes, times).run(false);
    }
  }

  /**
   * Does it.
   *
   * @param pullsUp whether what renamed directories show of the lower is to be moved: an inode of
   *     which another name stays in the lower must not be, so the upper gets a copy of that
   */
  public void run(boolean pullsUp) throws IOException {
    if (job.options().nfsExport()) {
      new VerifiedDirectories(changes, layers.lowers()).verifyTree(layers.upper());
    }
    Optional<UpperIndex> index = UpperIndex.open(layers.work(), job.marks());
    try (UpperIndex opened = index.orElse(null);
        StagingDirectory staging = layers.stagingDirectory(changes)) {
      staging.clearLeftovers();
      MovedAway moved = new MovedAway(new MergeTally(null, null));
      PullUp pull = new PullUp(changes, job.marks(), staging, moved, false, false);
      if (opened != null) {
        opened
            .hidden()
            .forEach(
                (handle, name) -> files.put(handle, new LinkedInode(opened.directory(), name)));
      }
      if (pullsUp) {
        LinkedNames.forEachRenamed(
            layers.upper(),
            layers.lowers(),
            (path, below, shown) -> copyLinked(below, shown, pull, staging));
      }
      for (MissingName link : missingNames()) {
        makeName(link, pull);
      }
      if (opened != null) {
        opened.clear();
      }
    }
  }

  private void copyLinked(
      MergedDirectory below, ShownEntry shown, PullUp pull, StagingDirectory staging)
      throws IOException {
    Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
    if (handle.isPresent() && !files.containsKey(ByteBuffer.wrap(handle.get()))) {
      Name copy = pull.copyEntry(below, shown);
      files.put(ByteBuffer.wrap(handle.get()), new LinkedInode(staging.openDirectory(), copy));
    }
  }

  private List<MissingName> missingNames() throws IOException {
    List<MissingName> missing = new ArrayList<>();
    if (!files.isEmpty()) {
      LinkedNames.forEach(
          layers.upper(),
          layers.lowers(),
          (path, below, shown) ->
              linkedFile(shown).ifPresent(at -> missing.add(new MissingName(path, at))));
    }
    return missing;
  }

  private Optional<LinkedInode> linkedFile(ShownEntry shown) throws IOException {
    Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
    LinkedInode file = handle.map(bytes -> files.get(ByteBuffer.wrap(bytes))).orElse(null);
    boolean alike =
        file != null
            && LayerEntries.present(file.directory(), file.name()).type() == shown.stat().type();
    return alike ? Optional.of(file) : Optional.empty();
  }

  private void makeName(MissingName link, PullUp pull) throws IOException {
    LayerDirectory directory = layers.upper().open(Name.SELF);
    MergedDirectory below = layers.lowers().root();
    try {
      int last = link.path().size() - 1;
      for (Name name : link.path().subList(0, last)) {
        if (directory.stat(name).isEmpty()) {
          pullUp(directory, below, below.find(name).orElseThrow(), pull);
        }
        try (MergedDirectory outerBelow = below;
            LayerDirectory outer = directory) {
          below = outerBelow.below(outer, name);
          directory = outer.open(name);
        }
      }
      LinkedInode file = link.file();
      EntryStat before = times.rememberTime(directory, Name.SELF, statOf(directory));
      file.directory().createLink(file.name(), directory, link.path().get(last));
      times.restoreTime(directory, Name.SELF, before);
    } finally {
      close(directory, below);
    }
  }

  private static void close(LayerDirectory directory, MergedDirectory below) throws IOException {
    try (below;
        directory) {
      // Only to close both, whatever one of them throws.
    }
  }

  private void pullUp(
      LayerDirectory directory, MergedDirectory below, ShownEntry shown, PullUp pull)
      throws IOException {
    EntryStat before = times.rememberTime(directory, Name.SELF, statOf(directory));
    pull.pullUpEntry(directory, below, shown, ViewPlace.ROOT);
    times.restoreTime(directory, Name.SELF, before);
  }

  private static EntryStat statOf(LayerDirectory directory) throws IOException {
    return LayerEntries.present(directory, Name.SELF);
  }
}
