package dev.overlays.merge.whole;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.apache.commons.io.function.IOBiConsumer;

/** Unties the upper of a view from the lowers that are squashed, if it has an index. */
public final class SquashIndexRelease {
  private final OverlaySpec spec;
  private final LayerStore store;

  public SquashIndexRelease(OverlaySpec spec, LayerStore store) {
    this.spec = spec;
    this.store = store;
  }

  /**
   * Refuses {@code nfs_export}, with which a directory is merged only with the one that it was
   * copied up from.
   */
  public static void refuseVerified(OverlaySpec spec) throws OverlayException {
    if (spec.upper().isPresent() && spec.options().nfsExport()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.OPTION_CONFLICT,
              spec.upper().get(),
              "With nfs_export the upper names the directories of the lower that it is merged"
                  + " with, and a squash replaces these.",
              "Merge the upper first, and squash by a spec without it."));
    }
  }

  /** Makes what the index shows in place of lower files independent of the lowers. */
  public void releaseIndex() throws IOException {
    runIfIndexed(
        (job, layers) ->
            IndexRelease.releaseBefore(job, layers, new LayerChanges(false, job.marks())));
  }

  /** Removes the mark of the top-most lower, because the kernel would refuse another one. */
  public void forgetLower() throws IOException {
    runIfIndexed(
        (job, layers) -> layers.upper().removeXattr(Name.SELF, Mark.ORIGIN.xattr(job.marks())));
  }

  private void runIfIndexed(IOBiConsumer<LayerJob, OpenLayers> action) throws IOException {
    if (spec.upper().isEmpty()) {
      return;
    }
    LayerJob job = LayerJob.of(spec);
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      if (IndexRelease.isNeeded(job, layers)) {
        action.accept(job, layers);
      }
    } catch (NoSuchFileException e) {
      // The view has never been mounted.
    }
  }
}
