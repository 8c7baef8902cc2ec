package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.shared.OpaqueRemoval;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the upper of an instance can go over another lower, and what has to be taken from it for
 * that. An upper shows the same over another lower if it holds nothing, or nothing but private
 * paths, which hide what any lower has. Others can be carried over on request, unless something in
 * them has its data or its name from the lower.
 */
final class UpperDependence {
  private static final Name KERNEL_WORK = Name.of("work");
  private static final Name KERNEL_INDEX = Name.of("index");

  /** What ties an entry to the inode of a lower that it was copied from. */
  private static final List<Mark> TIES =
      List.of(Mark.ORIGIN, Mark.IMPURE, Mark.UUID, Mark.NLINK, Mark.MERGE_COPY, Mark.MERGE_SHARED);

  private static final List<Mark> NEEDS = List.of(Mark.REDIRECT, Mark.METACOPY);

  private final OverlaySpec spec;
  private final MarkNamespace marks;
  private final boolean carried;
  private final boolean cutting;
  private final Set<String> waysToPrivate = new HashSet<>();
  private Optional<String> obstacle = Optional.empty();

  private UpperDependence(OverlaySpec spec, boolean carried, boolean cutting) {
    this.spec = spec;
    this.marks = MarkNamespace.of(spec.options());
    this.carried = carried;
    this.cutting = cutting;
    for (String path : spec.privatePaths()) {
      for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
        waysToPrivate.add(path.substring(0, end));
      }
    }
  }

  /**
   * Refuses to replace the lower of instances whose uppers need it, or hold what is not merged.
   *
   * @param carried whether uppers that need nothing of the lower go over the next one
   */
  static void refuseDependent(List<CacheInstance> instances, boolean carried)
      throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (CacheInstance instance : instances) {
      UpperDependence dependence = new UpperDependence(instance.spec(), carried, false);
      dependence.walkUpper();
      dependence.obstacle.ifPresent(found -> problems.add(dependence.createProblem(found)));
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  /**
   * Takes from the upper of an unmounted instance what ties it to the inodes of its lower, and
   * empties its work directory. Over the same lower the view is still the same, but for the inode
   * numbers that it shows.
   */
  static void cutTies(OverlaySpec spec) throws OverlayException {
    UpperDependence dependence = new UpperDependence(spec, true, true);
    dependence.makeNewDirectoriesTransparent();
    dependence.walkUpper();
    try (LayerDirectory work =
        LayerStore.of(spec.work().orElseThrow()).open(spec.work().orElseThrow())) {
      LayerEntries.removeTree(work, KERNEL_INDEX);
      LayerEntries.removeTree(work, KERNEL_WORK);
    } catch (NoSuchFileException e) {
      // The mount makes it.
      return;
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(spec.work().orElseThrow(), "cannot be emptied", e);
    }
  }

  /** New directories that the kernel has marked opaque for no need would hide the next lower's. */
  private void makeNewDirectoriesTransparent() throws OverlayException {
    Path root = spec.upper().orElseThrow();
    if (!hasLower()) {
      return;
    }
    try {
      LayerStore forms = KernelFormStore.forChanging(LayerStore.of(root), List.of(spec), false);
      EntrySelection shared = EntrySelection.of(spec.privatePaths(), List.of(), List.of());
      OpaqueRemoval removal = new OpaqueRemoval(spec, shared, forms);
      removal.makeTransparent();
      removal.removeMark();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(root, "cannot be changed", e);
    }
  }

  private boolean hasLower() {
    return Files.isDirectory(spec.lowers().get(0));
  }

  private void walkUpper() throws OverlayException {
    try (LayerDirectory upper = openUpper()) {
      if (cutting) {
        cutEntry(upper, Name.SELF);
      } else if (!hasLower() && upper.xattr(Name.SELF, Mark.FUSE.xattr(marks)).isPresent()) {
        obstacle = Optional.of("fuse-overlayfs has written to it, and its lower is gone");
      }
      TreeWalk.run(new UpperStep(upper, "", false));
      if (!cutting && obstacle.isEmpty() && hasIndex()) {
        obstacle = Optional.of("its index of hard links or directories is of the lower of now");
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(spec.upper().orElseThrow(), "cannot be read", e);
    }
  }

  /** Opens the upper in the kernel's form, whoever has written to it. */
  private LayerDirectory openUpper() throws IOException {
    Path root = spec.upper().orElseThrow();
    LayerStore store = LayerStore.of(root);
    if (!hasLower()) {
      return store.open(root);
    }
    return (cutting
            ? KernelFormStore.forChanging(store, List.of(spec), false)
            : KernelFormStore.forReading(store, List.of(spec)))
        .open(root);
  }

  private boolean hasIndex() throws IOException {
    try (LayerDirectory work =
            LayerStore.of(spec.work().orElseThrow()).open(spec.work().orElseThrow());
        LayerDirectory index = work.open(KERNEL_INDEX)) {
      return index.entries().next() != null;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private Problem createProblem(String found) {
    return Problem.of(
        ProblemCode.CACHE_UPPER_NOT_EMPTY,
        spec.upper().orElseThrow(),
        "The lower cannot be replaced under the instance "
            + spec.instance().orElseThrow().getFileName()
            + ": "
            + found
            + ".",
        "Merge it by a maintenance and publish the lower, have the upper carried over, or remove"
            + " what is not needed.");
  }

  private void cutEntry(LayerDirectory directory, Name name) throws IOException {
    for (Mark mark : TIES) {
      if (directory.xattr(name, mark.xattr(marks)).isPresent()) {
        directory.removeXattr(name, mark.xattr(marks));
      }
    }
  }

  private void examineEntry(
      LayerDirectory directory, Name name, EntryStat stat, String path, boolean isPrivate)
      throws IOException {
    boolean leadsToPrivate =
        stat.isDirectory()
            && waysToPrivate.contains(path)
            && (!LayerEntries.isOpaque(directory, name, marks) || !lowerHas(path));
    if (!carried && !isPrivate && !leadsToPrivate) {
      obstacle = Optional.of("its upper holds " + path + ", which is not merged");
    }
    for (Mark mark : NEEDS) {
      if (directory.xattr(name, mark.xattr(marks)).isPresent()) {
        obstacle = Optional.of(path + " in its upper needs the lower that it has now");
      }
    }
  }

  private boolean lowerHas(String path) {
    return Files.exists(spec.lowers().get(0).resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** Looks at one directory of the upper. */
  private final class UpperStep implements TreeWalk.WalkStep {
    private final LayerDirectory directory;
    private final String path;
    private final boolean isPrivate;
    private final EntryCursor entries;

    UpperStep(LayerDirectory directory, String path, boolean isPrivate) throws IOException {
      this.directory = directory;
      this.path = path;
      this.isPrivate = isPrivate;
      this.entries = directory.entries();
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      LayerEntry entry = obstacle.isPresent() ? null : entries.next();
      if (entry == null) {
        return null;
      }
      String inner = path.isEmpty() ? entry.name().toString() : path + '/' + entry.name();
      boolean hidden = isPrivate || spec.privatePaths().contains(inner);
      EntryStat stat = LayerEntries.requireStat(directory, entry.name());
      if (cutting) {
        cutEntry(directory, entry.name());
      } else {
        examineEntry(directory, entry.name(), stat, inner, hidden);
      }
      return stat.isDirectory() && obstacle.isEmpty()
          ? openInner(entry.name(), inner, hidden)
          : this;
    }

    private TreeWalk.WalkStep openInner(Name name, String inner, boolean hidden)
        throws IOException {
      LayerDirectory opened = directory.open(name);
      try {
        return new UpperStep(opened, inner, hidden);
      } catch (IOException | RuntimeException | Error e) {
        opened.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      if (!path.isEmpty()) {
        directory.close();
      }
    }
  }
}
