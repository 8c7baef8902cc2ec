package dev.overlays.lookup;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Visits those names of the lowers' hard-linked files that the view shows from the lowers: the
 * upper neither has nor hides them.
 */
public final class LinkedNames {
  private final MarkNamespace marks;
  private final boolean renamedOnly;
  private final LinkedNameVisitor visitor;

  private LinkedNames(MarkNamespace marks, boolean renamedOnly, LinkedNameVisitor visitor) {
    this.marks = marks;
    this.renamedOnly = renamedOnly;
    this.visitor = visitor;
  }

  /** Called for each name. */
  @FunctionalInterface
  public interface LinkedNameVisitor {
    /**
     * Called for one name.
     *
     * @param path the names that lead there from the root of the view
     * @param below the merged directory of the lowers that the name is in
     * @param shown the entry that the view shows
     * @throws IOException what ends the walk
     */
    void visitName(List<Name> path, MergedDirectory below, ShownEntry shown) throws IOException;
  }

  /**
   * Visits all of these names.
   *
   * @param upper the root of the upper
   * @param lowers the roots of the lowers
   * @param visitor called for each name; must not change the layers
   * @throws IOException if a layer cannot be read, or what the visitor throws
   */
  public static void forEach(LayerDirectory upper, LayerRoots lowers, LinkedNameVisitor visitor)
      throws IOException {
    new LinkedNames(lowers.markNamespace(), false, visitor).walkUpper(upper, lowers);
  }

  /**
   * Visits those of the names that are in directories that were renamed in the view.
   *
   * @param upper the root of the upper
   * @param lowers the roots of the lowers
   * @param visitor called for each name; must not change the layers
   * @throws IOException if a layer cannot be read, or what the visitor throws
   */
  public static void forEachRenamed(
      LayerDirectory upper, LayerRoots lowers, LinkedNameVisitor visitor) throws IOException {
    new LinkedNames(lowers.markNamespace(), true, visitor).walkUpper(upper, lowers);
  }

  private void walkUpper(LayerDirectory upper, LayerRoots lowers) throws IOException {
    TreeWalk.run(new DirectoryStep(null, Name.SELF, upper, lowers.mergedRoot(), !renamedOnly));
  }

  /** Visits one directory of the view; {@code upper} is null if the upper has no such directory. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final DirectoryStep outer;
    private final Name name;
    private final LayerDirectory upper;
    private final MergedDirectory below;
    private final boolean reportsNames;
    private Deque<Name> directories;

    DirectoryStep(
        DirectoryStep outer, Name name, LayerDirectory upper, MergedDirectory below, boolean told) {
      this.outer = outer;
      this.name = name;
      this.upper = upper;
      this.below = below;
      this.reportsNames = told;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (directories == null) {
        directories = new ArrayDeque<>();
        if (reportsNames) {
          below.forEachShown(this::visitLower);
        }
        if (upper != null) {
          listUpper();
        }
      }
      Name next = directories.poll();
      return next == null ? null : openInner(next);
    }

    private void visitLower(ShownEntry shown) throws IOException {
      if (upper != null && upper.stat(shown.name()).isPresent()) {
        return;
      }
      if (shown.stat().isDirectory()) {
        directories.add(shown.name());
      } else if (shown.stat().links() > 1) {
        visitor.visitName(pathTo(shown.name()), below, shown);
      }
    }

    private void listUpper() throws IOException {
      EntryCursor entries = upper.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryType type = entry.type();
        if (type == EntryType.UNKNOWN) {
          type = LayerEntries.requireStat(upper, entry.name()).type();
        }
        if (type == EntryType.DIRECTORY) {
          directories.add(entry.name());
        }
      }
    }

    private DirectoryStep openInner(Name inner) throws IOException {
      if (upper == null || upper.stat(inner).isEmpty()) {
        return new DirectoryStep(this, inner, null, below.openMerged(inner), reportsNames);
      }
      boolean renamed = RedirectTarget.readMark(upper, inner, marks).isPresent();
      MergedDirectory merged = below.below(upper, inner);
      try {
        return new DirectoryStep(this, inner, upper.open(inner), merged, reportsNames || renamed);
      } catch (IOException | RuntimeException | Error e) {
        HandleGroup.closeAfter(merged, e);
        throw e;
      }
    }

    private List<Name> pathTo(Name last) {
      Deque<Name> path = new ArrayDeque<>(List.of(last));
      for (DirectoryStep step = this; step.outer != null; step = step.outer) {
        path.addFirst(step.name);
      }
      return List.copyOf(path);
    }

    /** Closes the directories, except the roots, which belong to the caller. */
    @Override
    public void close() throws IOException {
      if (outer != null) {
        Optional<LayerDirectory> own = Optional.ofNullable(upper);
        HandleGroup.closeAll(List.of(below), own.stream().toList());
      }
    }
  }
}
