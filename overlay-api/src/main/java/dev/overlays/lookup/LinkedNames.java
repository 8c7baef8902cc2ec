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
 * Goes through the names that a view shows of its lowers' files with several names: those that the
 * upper neither has nor hides.
 */
public final class LinkedNames {
  private final MarkNamespace marks;
  private final boolean renamedOnly;
  private final NameVisitor visitor;

  private LinkedNames(MarkNamespace marks, boolean renamedOnly, NameVisitor visitor) {
    this.marks = marks;
    this.renamedOnly = renamedOnly;
    this.visitor = visitor;
  }

  /** Hears of each name. */
  @FunctionalInterface
  public interface NameVisitor {
    /**
     * Called for one name.
     *
     * @param path the names that lead there from the root of the view
     * @param below the directory of the lowers that it is in
     * @param shown what is shown
     * @throws IOException what ends the walk
     */
    void visit(List<Name> path, MergedDirectory below, ShownEntry shown) throws IOException;
  }

  /**
   * Goes through all of them.
   *
   * @param upper the root of the upper
   * @param lowers the roots of the lowers
   * @param visitor hears of each name; may not change the layers
   * @throws IOException if a layer cannot be read, or what the visitor throws
   */
  public static void forEach(LayerDirectory upper, LayerRoots lowers, NameVisitor visitor)
      throws IOException {
    new LinkedNames(lowers.marks(), false, visitor).walk(upper, lowers);
  }

  /**
   * Goes through those in directories that were renamed in the view.
   *
   * @param upper the root of the upper
   * @param lowers the roots of the lowers
   * @param visitor hears of each name; may not change the layers
   * @throws IOException if a layer cannot be read, or what the visitor throws
   */
  public static void forEachRenamed(LayerDirectory upper, LayerRoots lowers, NameVisitor visitor)
      throws IOException {
    new LinkedNames(lowers.marks(), true, visitor).walk(upper, lowers);
  }

  private void walk(LayerDirectory upper, LayerRoots lowers) throws IOException {
    TreeWalk.run(new DirectoryStep(null, Name.SELF, upper, lowers.root(), !renamedOnly));
  }

  /** One directory of the view; the upper has none there if its directory is null. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final DirectoryStep outer;
    private final Name name;
    private final LayerDirectory upper;
    private final MergedDirectory below;
    private final boolean told;
    private Deque<Name> directories;

    DirectoryStep(
        DirectoryStep outer, Name name, LayerDirectory upper, MergedDirectory below, boolean told) {
      this.outer = outer;
      this.name = name;
      this.upper = upper;
      this.below = below;
      this.told = told;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (directories == null) {
        directories = new ArrayDeque<>();
        if (told) {
          below.forEach(this::lower);
        }
        if (upper != null) {
          upper();
        }
      }
      Name next = directories.poll();
      return next == null ? null : open(next);
    }

    private void lower(ShownEntry shown) throws IOException {
      if (upper != null && upper.stat(shown.name()).isPresent()) {
        return;
      }
      if (shown.stat().isDirectory()) {
        directories.add(shown.name());
      } else if (shown.stat().links() > 1) {
        visitor.visit(path(shown.name()), below, shown);
      }
    }

    private void upper() throws IOException {
      EntryCursor entries = upper.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryType type = entry.type();
        if (type == EntryType.UNKNOWN) {
          type = LayerEntries.present(upper, entry.name()).type();
        }
        if (type == EntryType.DIRECTORY) {
          directories.add(entry.name());
        }
      }
    }

    private DirectoryStep open(Name inner) throws IOException {
      if (upper == null || upper.stat(inner).isEmpty()) {
        return new DirectoryStep(this, inner, null, below.open(inner), told);
      }
      boolean renamed = RedirectTarget.of(upper, inner, marks).isPresent();
      MergedDirectory merged = below.below(upper, inner);
      try {
        return new DirectoryStep(this, inner, upper.open(inner), merged, told || renamed);
      } catch (IOException | RuntimeException | Error e) {
        HandleGroup.close(merged, e);
        throw e;
      }
    }

    private List<Name> path(Name last) {
      Deque<Name> path = new ArrayDeque<>(List.of(last));
      for (DirectoryStep step = this; step.outer != null; step = step.outer) {
        path.addFirst(step.name);
      }
      return List.copyOf(path);
    }

    /** The roots belong to somebody else. */
    @Override
    public void close() throws IOException {
      if (outer != null) {
        Optional<LayerDirectory> own = Optional.ofNullable(upper);
        HandleGroup.closeAll(List.of(below), own.stream().toList());
      }
    }
  }
}
