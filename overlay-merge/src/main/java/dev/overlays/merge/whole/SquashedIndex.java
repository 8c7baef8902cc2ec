package dev.overlays.merge.whole;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** What an index ties the upper of a view to while the lowers of that are squashed. */
public final class SquashedIndex {
  private final OverlaySpec spec;
  private final LayerStore store;

  public SquashedIndex(OverlaySpec spec, LayerStore store) {
    this.spec = spec;
    this.store = store;
  }

  /** With {@code nfs_export} a directory is merged only with the one that it was copied up from. */
  public static void refuseVerified(OverlaySpec spec) throws OverlayException {
    if (spec.upper().isPresent() && spec.options().nfsExport()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.OPTION_CONFLICT,
              spec.upper().get(),
              "With nfs_export the upper names the directories of the lower that it is merged"
                  + " with, and a squash makes others of them.",
              "Merge the upper first, and squash by a spec without it."));
    }
  }

  /** What the index shows in place of what the lowers have must not depend on that any more. */
  public void releaseIndex() throws IOException {
    withLayers(
        (job, layers) ->
            IndexRelease.releaseBefore(job, layers, new LayerChanges(false, job.marks())));
  }

  /**
   * The kernel would refuse another top-most lower than the one that it has marked the upper by.
   */
  public void forgetLower() throws IOException {
    withLayers(
        (job, layers) -> layers.upper().removeXattr(Name.SELF, Mark.ORIGIN.xattr(job.marks())));
  }

  /** What is done with the open layers. */
  @FunctionalInterface
  private interface LayersStep {
    void makeStep(MergeJob job, OpenLayers layers) throws IOException;
  }

  private void withLayers(LayersStep step) throws IOException {
    if (spec.upper().isEmpty()) {
      return;
    }
    MergeJob job = MergeJob.of(spec);
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      if (IndexRelease.isNeeded(job, layers)) {
        step.makeStep(job, layers);
      }
    } catch (NoSuchFileException e) {
      // The view has never been mounted.
    }
  }
}
