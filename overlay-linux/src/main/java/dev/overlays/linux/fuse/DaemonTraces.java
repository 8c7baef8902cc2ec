package dev.overlays.linux.fuse;

import dev.overlays.OverlaySpec;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;

/**
 * The traces of a view in upper and work directory before anything is written to it: the mark of
 * the upper's form, and the directory that fuse-overlayfs creates in the work directory.
 */
final class DaemonTraces {
  private static final Name WORK = Name.of("work");

  private final OverlaySpec spec;
  private final LayerStore store;
  private final MarkNamespace marks;
  private boolean marked;
  private boolean workMissing;

  DaemonTraces(OverlaySpec spec, LayerStore store) {
    this.spec = spec;
    this.store = store;
    marks = MarkNamespace.of(spec.options());
  }

  /** Marks the upper, while it is locked. */
  void markUpper() throws IOException {
    if (spec.upper().isEmpty()) {
      return;
    }
    try (LayerDirectory work = store.open(spec.work().orElseThrow());
        LayerDirectory upper = store.open(spec.upper().get())) {
      workMissing = work.stat(WORK).isEmpty();
      if (!FuseForm.isMarked(upper, marks)) {
        FuseForm.markUpper(upper, marks);
        marked = true;
      }
    }
  }

  /** Removes the traces if the mount fails. */
  void removeTraces() throws IOException {
    if (marked) {
      try (LayerDirectory upper = store.open(spec.upper().orElseThrow())) {
        FuseForm.unmarkUpper(upper, marks);
      }
    }
    if (workMissing) {
      try (LayerDirectory work = store.open(spec.work().orElseThrow())) {
        LayerEntries.removeTree(work, WORK);
      }
    }
  }
}
