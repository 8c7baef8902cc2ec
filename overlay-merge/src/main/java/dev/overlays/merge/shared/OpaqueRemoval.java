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
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.TypedCursor;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the new directories of an upper transparent. The kernel marks them opaque although the
 * lowers have no such directory. If two instances created a directory of one name, merging the
 * second would replace everything that the first had put into its own; and over another lower it
 * would hide a directory of that.
 */
public final class OpaqueRemoval {
  private final LayerJob job;
  private final EntrySelection selection;
  private final LayerStore store;

  public OpaqueRemoval(OverlaySpec spec, EntrySelection selection, LayerStore store) {
    this.job = LayerJob.of(spec);
    this.selection = selection;
    this.store = store;
  }

  /**
   * Makes them transparent, once only: after the merge of another upper it is unknown which
   * directories were new.
   */
  public void makeTransparent() throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      LayerDirectory upper = layers.upper();
      String mark = Mark.MERGE_SHARED.xattr(job.marks());
      byte[] now = layers.lastMount().identity().getBytes(StandardCharsets.US_ASCII);
      if (!Arrays.equals(now, upper.xattr(Name.SELF, mark).orElse(null))) {
        TreeWalk.run(new DirectoryStep(upper, layers.lowers().mergedRoot(), selection, true));
        upper.setXattr(Name.SELF, mark, now);
      }
    }
  }

  /** Removes the mark that says that it was done, when all uppers are merged. */
  public void removeMark() throws IOException {
    try (LayerDirectory upper = store.open(job.upper())) {
      upper.removeXattr(Name.SELF, Mark.MERGE_SHARED.xattr(job.marks()));
    }
  }

  /** Makes the new directories in one directory of the upper transparent. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory upper;
    private final MergedDirectory below;
    private final EntrySelection taken;
    private final boolean isRoot;
    private TypedCursor entries;

    /** Closes both handles, except those of the root. */
    DirectoryStep(
        LayerDirectory upper, MergedDirectory below, EntrySelection taken, boolean isRoot) {
      this.upper = upper;
      this.below = below;
      this.taken = taken;
      this.isRoot = isRoot;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (entries == null) {
        entries = new TypedCursor(upper);
      }
      while (entries.nextEntry()) {
        EntrySelection inner = taken.selectionBelow(entries.entryName());
        if (entries.entryType() == EntryType.DIRECTORY && !inner.takesNothing()) {
          TreeWalk.WalkStep next = makeDirectoryTransparent(entries.entryName(), inner);
          if (next != null) {
            return next;
          }
        }
      }
      return null;
    }

    private TreeWalk.WalkStep makeDirectoryTransparent(Name name, EntrySelection inner)
        throws IOException {
      List<String> xattrs = upper.xattrs(name);
      boolean opaque = LayerEntries.isOpaque(upper, name, job.marks());
      boolean renamed = !opaque && xattrs.contains(Mark.REDIRECT.xattr(job.marks()));
      if (renamed) {
        return null;
      }
      MergedDirectory hidden = below.openMerged(name);
      try {
        if (opaque && !hidden.isInNoLayer()) {
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
          // Closes both, even if one of them throws.
        }
      }
    }
  }
}
