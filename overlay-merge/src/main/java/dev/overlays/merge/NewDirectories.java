package dev.overlays.merge;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.MergedDirectory;
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
  private final Job job;
  private final Selection selection;
  private final LayerStore store;

  NewDirectories(OverlaySpec spec, Selection selection, LayerStore store) {
    this.job = Job.of(spec);
    this.selection = selection;
    this.store = store;
  }

  /** Does it once: what is new cannot be told any more when another upper has been merged. */
  void unite() throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      LayerDirectory upper = layers.upper();
      String mark = Mark.MERGE_SHARED.xattr(job.marks());
      byte[] now = layers.lastMount().identity().getBytes(StandardCharsets.US_ASCII);
      if (!Arrays.equals(now, upper.xattr(Name.SELF, mark).orElse(null))) {
        inside(upper, layers.lowers().root(), selection);
        upper.setXattr(Name.SELF, mark, now);
      }
    }
  }

  /** Forgets that it has been done, when all uppers are merged. */
  void forget() throws IOException {
    try (LayerDirectory upper = store.open(job.upper())) {
      upper.removeXattr(Name.SELF, Mark.MERGE_SHARED.xattr(job.marks()));
    }
  }

  private void inside(LayerDirectory upper, MergedDirectory below, Selection taken)
      throws IOException {
    Entries.forEach(
        upper,
        (name, type) -> {
          Selection inner = taken.below(name);
          if (type == EntryType.DIRECTORY && !inner.isNothing()) {
            directory(upper, below, name, inner);
          }
        });
  }

  private void directory(LayerDirectory upper, MergedDirectory below, Name name, Selection inner)
      throws IOException {
    List<String> xattrs = upper.xattrs(name);
    boolean opaque = LayerEntries.isOpaque(upper, name, job.marks());
    boolean renamed = !opaque && xattrs.contains(Mark.REDIRECT.xattr(job.marks()));
    if (renamed) {
      return;
    }
    try (MergedDirectory hidden = below.open(name)) {
      if (opaque && !hidden.isNothing()) {
        return;
      }
      if (opaque) {
        new Changes(false, job.marks()).makeTransparent(upper, name);
      }
      try (LayerDirectory directory = upper.open(name)) {
        inside(directory, hidden, inner);
      }
    }
  }
}
