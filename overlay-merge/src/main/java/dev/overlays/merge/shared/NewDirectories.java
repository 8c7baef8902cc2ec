package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.TypedCursor;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the new directories of an upper transparent. The kernel makes them opaque although the
 * lowers have none there, and of two instances that made a directory of one name the second would
 * replace all that the first has put into its own.
 */
final class NewDirectories {
  private final MergeJob job;
  private final MergeSelection selection;
  private final LayerStore store;

  NewDirectories(OverlaySpec spec, MergeSelection selection, LayerStore store) {
    this.job = MergeJob.of(spec);
    this.selection = selection;
    this.store = store;
  }

  /** Does it once: what is new cannot be told any more when another upper has been merged. */
  void uniteDirectories() throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      LayerDirectory upper = layers.upper();
      String mark = Mark.MERGE_SHARED.xattr(job.marks());
      byte[] now = layers.lastMount().identity().getBytes(StandardCharsets.US_ASCII);
      if (!Arrays.equals(now, upper.xattr(Name.SELF, mark).orElse(null))) {
        TreeWalk.run(new DirectoryStep(upper, layers.lowers().root(), selection, true));
        upper.setXattr(Name.SELF, mark, now);
      }
    }
  }

  /** Forgets that it has been done, when all uppers are merged. */
  void forgetMarks() throws IOException {
    try (LayerDirectory upper = store.open(job.upper())) {
      upper.removeXattr(Name.SELF, Mark.MERGE_SHARED.xattr(job.marks()));
    }
  }

  /** Goes through one directory of the upper, and makes those in it transparent. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory upper;
    private final MergedDirectory below;
    private final MergeSelection taken;
    private final boolean isRoot;
    private TypedCursor entries;

    /** Unless it is the root, both handles belong to this. */
    DirectoryStep(
        LayerDirectory upper, MergedDirectory below, MergeSelection taken, boolean isRoot) {
      this.upper = upper;
      this.below = below;
      this.taken = taken;
      this.isRoot = isRoot;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (entries == null) {
        entries = new TypedCursor(upper);
      }
      while (entries.nextEntry()) {
        MergeSelection inner = taken.selectionBelow(entries.entryName());
        if (entries.entryType() == EntryType.DIRECTORY && !inner.isNothing()) {
          TreeWalk.Step next = enterDirectory(entries.entryName(), inner);
          if (next != null) {
            return next;
          }
        }
      }
      return null;
    }

    private TreeWalk.Step enterDirectory(Name name, MergeSelection inner) throws IOException {
      List<String> xattrs = upper.xattrs(name);
      boolean opaque = LayerEntries.isOpaque(upper, name, job.marks());
      boolean renamed = !opaque && xattrs.contains(Mark.REDIRECT.xattr(job.marks()));
      if (renamed) {
        return null;
      }
      MergedDirectory hidden = below.open(name);
      try {
        if (opaque && !hidden.isNothing()) {
          hidden.close();
          return null;
        }
        if (opaque) {
          new LayerChanges(false, job.marks()).makeTransparent(upper, name);
        }
        return new DirectoryStep(upper.open(name), hidden, inner, false);
      } catch (IOException | RuntimeException | Error e) {
        try (hidden) {
          throw e;
        }
      }
    }

    @Override
    public void close() throws IOException {
      if (!isRoot) {
        try (upper;
            below) {
          // Only to close both, whatever one of them throws.
        }
      }
    }
  }
}
