package dev.overlays.merge.run;

import dev.overlays.Problem;
import dev.overlays.fit.LayerFindings;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Looks at all entries of a layer by several workers, as {@link LayerFit#examineLayer} does by one:
 * with many files that takes as long as reading what they hold.
 */
public final class LayerExamination {
  /** Enough to see what is wrong, as one worker sees it. */
  private static final int MOST_PROBLEMS = 20;

  private final LayerFit fit;
  private final WorkerPool workers;
  private final List<Problem> problems = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean hasMetacopies;
  private volatile boolean hasXattrs;

  private LayerExamination(LayerFit fit, WorkerPool workers) {
    this.fit = fit;
    this.workers = workers;
  }

  /** Examines a layer whose root stays open, and which is read in the kernel's form. */
  public static LayerFindings examineLayer(LayerFit fit, LayerDirectory root, int workers)
      throws IOException {
    if (workers == 1) {
      return fit.examineLayer(root);
    }
    try (WorkerPool pool = new WorkerPool(workers)) {
      return new LayerExamination(fit, pool).examineFrom(root);
    }
  }

  private LayerFindings examineFrom(LayerDirectory root) throws IOException {
    fit.problemOfRoot(root).ifPresent(problems::add);
    examineEntry(root, Name.SELF, EntryType.UNKNOWN, root.xattrs(Name.SELF));
    workers.run(new DirectoryStep(null, null, root));
    List<Problem> sorted = new ArrayList<>(problems);
    sorted.sort(Comparator.comparing(problem -> problem.path().map(Object::toString).orElse("")));
    List<Problem> first = sorted.subList(0, Math.min(sorted.size(), MOST_PROBLEMS));
    return new LayerFindings(List.copyOf(first), hasMetacopies, hasXattrs);
  }

  private void examineEntry(
      LayerDirectory directory, Name name, EntryType type, List<String> xattrs) throws IOException {
    if (!xattrs.isEmpty()) {
      hasXattrs = true;
      if (fit.isMetacopy(type, xattrs)) {
        hasMetacopies = true;
      }
    }
    fit.problemOfEntry(directory, name, type, xattrs).ifPresent(problems::add);
  }

  /** Examines the entries of a directory. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final DirectoryTasks directories = new DirectoryTasks(workers);
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean listed;

    /** The root has no parent here. It is open, and stays open. */
    DirectoryStep(LayerDirectory parent, Name name, LayerDirectory directory) {
      this.parent = parent;
      this.name = name;
      this.directory = directory;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      workers.throwIfFailed();
      if (listed || problems.size() >= MOST_PROBLEMS || (entries == null && !openListing())) {
        return null;
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        TreeWalk.WalkStep next = examineListed(entry);
        if (next != null) {
          return next;
        }
      }
      listed = true;
      return directories;
    }

    /** Returns false if the directory was removed in the view meanwhile. */
    private boolean openListing() throws IOException {
      try {
        directory = directory == null ? parent.open(name) : directory;
        entries = directory.entries();
        return true;
      } catch (NoSuchFileException | NotDirectoryException e) {
        return false;
      }
    }

    private TreeWalk.WalkStep examineListed(LayerEntry entry) throws IOException {
      Name inner = entry.name();
      EntryType type = entry.type();
      try {
        if (type == EntryType.UNKNOWN) {
          type = directory.stat(inner).map(EntryStat::type).orElse(EntryType.UNKNOWN);
        }
        boolean marked = type == EntryType.DIRECTORY || type == EntryType.FILE;
        examineEntry(directory, inner, type, marked ? directory.xattrs(inner) : List.of());
      } catch (NoSuchFileException | NotDirectoryException e) {
        // The entry was removed in the view meanwhile.
        return null;
      }
      return type == EntryType.DIRECTORY
          ? directories.beginOrDefer(entry, () -> new DirectoryStep(directory, inner, null))
          : null;
    }

    @Override
    public void close() throws IOException {
      if (parent != null && directory != null) {
        directory.close();
      }
    }
  }
}
