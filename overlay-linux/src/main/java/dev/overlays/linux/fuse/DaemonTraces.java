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
 * What a view leaves in upper and work directory before anything is written to it: the mark of the
 * upper's form, and the directory that the program makes in the work directory.
 */
final class DaemonTraces {
  private static final Name WORK = Name.of("work");

  private final OverlaySpec spec;
  private final LayerStore store;
  private final MarkNamespace marks;
  private boolean marked;
  private boolean made;

  DaemonTraces(OverlaySpec spec, LayerStore store) {
    this.spec = spec;
    this.store = store;
    marks = MarkNamespace.of(spec.options());
  }

  /** Marks the upper, while it is locked. */
  void rememberLayers() throws IOException {
    if (spec.upper().isEmpty()) {
      return;
    }
    try (LayerDirectory work = store.open(spec.work().orElseThrow());
        LayerDirectory upper = store.open(spec.upper().get())) {
      made = work.stat(WORK).isEmpty();
      if (!FuseForm.isMarked(upper, marks)) {
        FuseForm.mark(upper, marks);
        marked = true;
      }
    }
  }

  /** Undoes it, when no view has come about. */
  void removeTraces() throws IOException {
    if (marked) {
      try (LayerDirectory upper = store.open(spec.upper().orElseThrow())) {
        FuseForm.unmark(upper, marks);
      }
    }
    if (made) {
      try (LayerDirectory work = store.open(spec.work().orElseThrow())) {
        LayerEntries.removeTree(work, WORK);
      }
    }
  }
}
