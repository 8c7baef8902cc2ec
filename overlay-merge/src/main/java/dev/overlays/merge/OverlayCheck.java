package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.merge.audit.RepairingHandler;
import dev.overlays.merge.audit.SpecAudit;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.merge.run.FirstProblems;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeFailures;
import dev.overlays.spi.LayerSharing;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Checks the layers of a view for inconsistencies, and repairs those that can be repaired without a
 * change of the view. Immutable.
 *
 * <pre>{@code
 * OverlayCheck check = OverlayCheck.of(spec);
 * check.run().forEach(System.out::println);
 * RepairReport report = check.repair();
 * }</pre>
 *
 * <p>The upper, if there is one, and each lower are compared with the layers below them. Data-only
 * layers are only searched for data. These are the problems, and what a repair does:
 *
 * <ul>
 *   <li>{@link ProblemCode#REDIRECT_DANGLING}: the source of a renamed directory is gone. Repaired:
 *       the directory becomes opaque, and then the redirect is removed. The view shows the same.
 *   <li>{@link ProblemCode#REDIRECT_REPEATED}: the view shows one directory at two places. Left.
 *   <li>{@link ProblemCode#METACOPY_DATA_MISSING}: the data of a file is missing. Left.
 *   <li>{@link ProblemCode#WHITEOUT_ORPHAN}: a whiteout hides nothing. Repaired: it is removed. The
 *       whiteouts {@code 00} to {@code ff} in the root of a composefs image are not reported.
 *   <li>{@link ProblemCode#WHITEOUT_LISTED}: listings show a deleted name. Repaired: the whiteout
 *       gets a form that the kernel accepts there.
 *   <li>{@link ProblemCode#MARK_STRAY}: a mark means nothing. Repaired: it is removed, except for
 *       the link count of a missing index.
 *   <li>{@link ProblemCode#MARK_REFUSED}: the kernel does not show the entry with the mark. Left.
 *   <li>{@link ProblemCode#LAYER_OF_OTHER_OPTIONS}: the options of the spec are wrong. Left. If the
 *       root of a layer has marks of the other namespace, nothing else is checked.
 *   <li>{@link ProblemCode#LAYER_OF_FUSE_OVERLAYFS}: a layer has the form of fuse-overlayfs.
 *       Repaired: it is {@linkplain dev.overlays.fuseform.FuseForm#convert converted} to the
 *       kernel's form.
 *   <li>{@link ProblemCode#MERGE_UNKNOWN_MARK}: an entry has an unknown mark. Left.
 *   <li>{@link ProblemCode#STAGING_LEFTOVER}: an interrupted merge has left something. Repaired:
 *       the remembered time of a directory is restored, and marks and hidden directories are
 *       removed. A staging directory in a lower that this view shows is left.
 *   <li>{@link ProblemCode#VOLATILE_LEFTOVER}: files of the upper may be damaged. Left.
 * </ul>
 *
 * <p>Harmless marks of the kernel are no problems: the origin of an entry that was copied up, the
 * note that a directory may hold such entries, the identity of an upper, an opaque mark on a new
 * directory, and the redirect of a file whose data was copied up since. A check sees only the marks
 * that its user may read; only root may read {@code trusted.overlay.*}.
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
   * @param spec the spec that the view is mounted with; the mount point does not matter
   * @return a check
   */
  public static OverlayCheck of(OverlaySpec spec) {
    return new OverlayCheck(Objects.requireNonNull(spec, "spec"), null);
  }

  /**
   * Returns this check through a given layer store, in place of the best one for the layers.
   *
   * @param newStore opens all layers
   * @return a new check
   */
  public OverlayCheck store(LayerStore newStore) {
    return new OverlayCheck(spec, Objects.requireNonNull(newStore, "store"));
  }

  /**
   * Finds problems, and changes nothing. The view may be mounted. The result then describes one
   * moment, and a running merge looks like an interrupted one.
   *
   * @return the problems, sorted by path, at most the first 1,000
   * @throws OverlayException if a layer cannot be read
   */
  public List<Problem> run() throws OverlayException {
    FirstProblems problems = new FirstProblems();
    forEach(problems::addProblem);
    return problems.sortedProblems();
  }

  /**
   * Finds problems as {@link #run()} does, and passes each on at once, so that none is kept in
   * memory.
   *
   * @param consumer is called for each problem, in no particular order
   * @throws OverlayException if a layer cannot be read
   */
  public void forEach(Consumer<? super Problem> consumer) throws OverlayException {
    Objects.requireNonNull(consumer, "consumer");
    MergeFailures.runTranslated(
        "check",
        List.of(spec),
        () -> {
          LayerStore opener = chooseStore();
          opener.requireVisible(spec);
          LayerStore forms = KernelFormStore.forReading(opener, LayerJob.marksOf(spec));
          new SpecAudit(spec, forms, (problem, repair) -> consumer.accept(problem)).run();
          return spec;
        });
  }

  /**
   * Repairs what can be repaired. The view is the same after every single operation, so the repair
   * may be interrupted at any time. A layer that cannot be changed is left as it is. While one of
   * the layers below is an empty directory, missing entries are not repaired either: it may be the
   * mount point of a disk.
   *
   * @return the problems repaired and left
   * @throws OverlayException if the layers are in use and nothing was changed ({@link
   *     ProblemCode#LAYER_IN_USE}, {@link ProblemCode#LAYER_LOCKED}); or if a layer cannot be read
   *     and only a part was repaired
   */
  public RepairReport repair() throws OverlayException {
    return MergeFailures.runTranslated(
        "repair",
        List.of(spec),
        () -> {
          LayerStore opener = chooseStore();
          RepairingHandler repairs = new RepairingHandler(LayerJob.marksOf(spec));
          Closeable claim = opener.claim(spec);
          try (claim) {
            convertForms(opener, repairs);
            LayerStore forms = KernelFormStore.forChanging(opener, List.of(spec), false);
            new SpecAudit(spec, forms, repairs).run();
          }
          return repairs.createReport();
        });
  }

  /** Converts layers in the form of fuse-overlayfs that nobody has marked as such. */
  private void convertForms(LayerStore opener, RepairingHandler repairs) throws IOException {
    MarkNamespace marks = LayerJob.marksOf(spec);
    List<Path> layers = new ArrayList<>(spec.lowers());
    spec.upper().ifPresent(layers::add);
    for (Path layer : layers) {
      try (LayerDirectory root = opener.open(layer)) {
        for (Problem problem : LayerFit.of(spec.options()).findProblems(root)) {
          if (problem.code() == ProblemCode.LAYER_OF_FUSE_OVERLAYFS) {
            repairs.handleProblem(
                problem,
                () -> {
                  FuseForm.markUpper(root, marks);
                  FuseForm.convert(root, marks);
                });
            break;
          }
        }
      }
    }
  }

  /**
   * Finds out which lowers are on a file system that several machines may have mounted, and who
   * uses them on all machines.
   *
   * @return how each of them is shared, by its path; without those that only this machine has
   * @throws OverlayException if a lower cannot be opened
   */
  public Map<Path, LayerSharing> findSharing() throws OverlayException {
    Map<Path, LayerSharing> shared = new LinkedHashMap<>();
    List<Path> lowers = new ArrayList<>(spec.lowers());
    lowers.addAll(spec.dataLowers());
    for (Path lower : lowers) {
      chooseStore().findSharing(lower).ifPresent(sharing -> shared.put(lower, sharing));
    }
    return shared;
  }

  private LayerStore chooseStore() throws OverlayException {
    return store != null ? store : LayerStore.of(spec.lowers().get(0));
  }
}
