package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.lookup.LayerForms;
import dev.overlays.merge.audit.RepairingSink;
import dev.overlays.merge.audit.SpecAudit;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.merge.run.FirstProblems;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.RunFailure;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Looks through the layers of a view for what does not fit together, and repairs what can be
 * repaired without the view changing. Immutable.
 *
 * <pre>{@code
 * OverlayCheck check = OverlayCheck.of(spec);
 * check.run().forEach(System.out::println);
 * RepairReport report = check.repair();
 * }</pre>
 *
 * <p>The upper, if there is one, and each lower are compared with the layers below them; of
 * data-only layers nothing but the data is looked for. These are the problems, and what becomes of
 * them:
 *
 * <ul>
 *   <li>{@link ProblemCode#REDIRECT_DANGLING}: what a directory was renamed from is gone. Repaired:
 *       it is made opaque, then the redirect goes; what the view shows of it stays.
 *   <li>{@link ProblemCode#REDIRECT_REPEATED}: one directory is shown at two places. Left.
 *   <li>{@link ProblemCode#METACOPY_DATA_MISSING}: the data of a file is gone. Left.
 *   <li>{@link ProblemCode#WHITEOUT_ORPHAN}: repaired, it is removed. The whiteouts {@code 00} to
 *       {@code ff} in the root of a composefs image are not told of.
 *   <li>{@link ProblemCode#WHITEOUT_LISTED}: repaired, it gets a form that the kernel knows there.
 *   <li>{@link ProblemCode#MARK_STRAY}: repaired, it is removed; but left is the link count of an
 *       index that is not there.
 *   <li>{@link ProblemCode#MARK_REFUSED}: the kernel does not show what has the mark. Left.
 *   <li>{@link ProblemCode#LAYER_OF_OTHER_OPTIONS}: the spec is to be put right. Left; beside marks
 *       of the other namespace on the root of a layer nothing else is looked at.
 *   <li>{@link ProblemCode#LAYER_OF_FUSE_OVERLAYFS}: repaired, the layer is {@linkplain
 *       dev.overlays.fuseform.FuseForm#convert turned} into the kernel's form.
 *   <li>{@link ProblemCode#MERGE_UNKNOWN_MARK}: left.
 *   <li>{@link ProblemCode#STAGING_LEFTOVER}: what a merge has left that was cut off. Repaired: the
 *       remembered time of a directory is set, marks and hidden directories are removed. Left is a
 *       staging directory in a lower that this view shows.
 *   <li>{@link ProblemCode#VOLATILE_LEFTOVER}: files of the upper may be damaged. Left.
 * </ul>
 *
 * <p>Marks of the kernel's bookkeeping that do no harm are no problems: where something was copied
 * up from, that a directory may hold such entries, the identity of an upper, an opaque mark on a
 * new directory, and the redirect of a file whose data has been copied up since. Marks can only be
 * seen by who may read them: those of {@code trusted.overlay.*} by root.
 */
public final class OverlayCheck {
  private final OverlaySpec spec;
  private final LayerStore store;

  private OverlayCheck(OverlaySpec spec, LayerStore store) {
    this.spec = spec;
    this.store = store;
  }

  /**
   * Returns the check of a view.
   *
   * @param spec as the view is mounted; the mount point does not matter
   * @return a check
   */
  public static OverlayCheck of(OverlaySpec spec) {
    return new OverlayCheck(Objects.requireNonNull(spec, "spec"), null);
  }

  /**
   * Returns this check through a layer store of the caller's choice, in place of the best one that
   * is found for the layers.
   *
   * @param newStore opens all layers
   * @return a new check
   */
  public OverlayCheck store(LayerStore newStore) {
    return new OverlayCheck(spec, Objects.requireNonNull(newStore, "store"));
  }

  /**
   * Looks for problems, and changes nothing. May be asked while the view is mounted; then it tells
   * of some moment, and of a merge that is running as if it were cut off.
   *
   * @return what was found, sorted by path; of more than 1,000 problems the first 1,000
   * @throws OverlayException if a layer cannot be read
   */
  public List<Problem> run() throws OverlayException {
    FirstProblems problems = new FirstProblems();
    forEach(problems::addProblem);
    return problems.sortedProblems();
  }

  /**
   * Looks for problems as {@link #run()} does, and tells each at once: however many there are, none
   * is kept in memory.
   *
   * @param consumer called for each problem, in no particular order
   * @throws OverlayException if a layer cannot be read
   */
  public void forEach(Consumer<? super Problem> consumer) throws OverlayException {
    Objects.requireNonNull(consumer, "consumer");
    RunFailure.runTold(
        "check",
        () -> {
          LayerStore opener = opener();
          opener.requireVisible(spec);
          LayerStore forms = LayerForms.reading(opener, MergeJob.marks(spec));
          new SpecAudit(spec, forms, (problem, repair) -> consumer.accept(problem)).run();
          return spec;
        });
  }

  /**
   * Repairs what can be repaired. What the view shows is the same after every single operation, so
   * it may be cut off at any time. A layer that cannot be changed is left as it is. So is what
   * seems to be missing while one of the layers below is an empty directory: it may be the mount
   * point of a disk.
   *
   * @return what was repaired and what is left
   * @throws OverlayException if nothing was changed since the layers are in use ({@link
   *     ProblemCode#LAYER_IN_USE}, {@link ProblemCode#LAYER_LOCKED}); or if a layer cannot be read,
   *     and only a part is repaired
   */
  public RepairReport repair() throws OverlayException {
    return RunFailure.runTold(
        "repair",
        () -> {
          LayerStore opener = opener();
          RepairingSink repairs = new RepairingSink(MergeJob.marks(spec));
          Closeable claim = opener.claim(spec);
          try (claim) {
            convertForms(opener, repairs);
            LayerStore forms = LayerForms.settled(opener, List.of(spec), false);
            new SpecAudit(spec, forms, repairs).run();
          }
          return repairs.repairReport();
        });
  }

  /** Layers that fuse-overlayfs has left without anybody having marked them. */
  private void convertForms(LayerStore opener, RepairingSink repairs) throws IOException {
    MarkNamespace marks = MergeJob.marks(spec);
    List<Path> layers = new ArrayList<>(spec.lowers());
    spec.upper().ifPresent(layers::add);
    for (Path layer : layers) {
      try (LayerDirectory root = opener.open(layer)) {
        for (Problem problem : LayerFit.of(spec.options()).problems(root)) {
          if (problem.code() == ProblemCode.LAYER_OF_FUSE_OVERLAYFS) {
            repairs.foundProblem(
                problem,
                () -> {
                  FuseForm.mark(root, marks);
                  FuseForm.convert(root, marks);
                });
            break;
          }
        }
      }
    }
  }

  private LayerStore opener() throws OverlayException {
    return store != null ? store : LayerStore.of(spec.lowers().get(0));
  }
}
