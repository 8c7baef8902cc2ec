package dev.overlays.merge.shared;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.run.DirectoryListing;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the disk space that a merge of several uppers frees. Walks through the uppers at once and
 * goes only where two layers have something under one name: an entry that is in one upper alone
 * moves, and frees nothing. Content is not read.
 */
final class FreedSpaceWalk {
  /** With so many names or more, a listing of the lower costs less than single lookups. */
  private static final int NAMES_LOOKED_UP_SINGLY = 8;

  private final MarkNamespace marks;
  private final boolean keepsShown;
  private final FreedSpaceTally tally = new FreedSpaceTally();

  /** With {@code keepsShown}, nothing is deleted that another instance shows. */
  FreedSpaceWalk(MarkNamespace marks, boolean keepsShown) {
    this.marks = marks;
    this.keepsShown = keepsShown;
  }

  /** Walks from the roots, which stay open, and returns the number of bytes. */
  long measureFreed(List<FreedPart> roots, LayerDirectory lower) throws IOException {
    TreeWalk.run(new DirectoryStep(roots, lower, true));
    return tally.bytesFreed();
  }

  MarkNamespace marks() {
    return marks;
  }

  boolean keepsShown() {
    return keepsShown;
  }

  FreedSpaceTally tally() {
    return tally;
  }

  /** Looks at one directory of all layers. */
  final class DirectoryStep implements TreeWalk.WalkStep {
    private final List<FreedPart> parts;
    private final LayerDirectory lower;
    private final boolean isRoot;
    private final Deque<TreeWalk.WalkStep> waiting = new ArrayDeque<>();
    private Iterator<Map.Entry<Name, EntryType[]>> names;

    /** Closes all handles, except those of the root. */
    private DirectoryStep(List<FreedPart> parts, LayerDirectory lower, boolean isRoot) {
      this.parts = parts;
      this.lower = lower;
      this.isRoot = isRoot;
    }

    FreedSpaceWalk walk() {
      return FreedSpaceWalk.this;
    }

    List<FreedPart> parts() {
      return parts;
    }

    LayerDirectory lower() {
      return lower;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (names == null) {
        names = listNames().entrySet().iterator();
      }
      while (waiting.isEmpty() && names.hasNext()) {
        Map.Entry<Name, EntryType[]> next = names.next();
        names.remove();
        if (isInTwoLayers(next.getValue())) {
          new FreedNameMerge(this, next.getKey(), next.getValue()).mergeInOrder();
        }
      }
      return waiting.poll();
    }

    /** The types of the entries of each name: one for each upper, and the lower's. */
    private Map<Name, EntryType[]> listNames() throws IOException {
      Map<Name, EntryType[]> types = new HashMap<>();
      for (int i = 0; i < parts.size(); i++) {
        if (parts.get(i).directory() != null) {
          listUpper(types, i);
        }
      }
      if (lower != null) {
        boolean all = parts.stream().anyMatch(FreedPart::hidesLower);
        if (!all && types.size() < NAMES_LOOKED_UP_SINGLY) {
          for (Map.Entry<Name, EntryType[]> each : types.entrySet()) {
            Optional<EntryStat> stat = lower.stat(each.getKey());
            each.getValue()[parts.size()] = stat.map(EntryStat::type).orElse(null);
          }
        } else {
          listLower(types, all);
        }
      }
      return types;
    }

    private void listUpper(Map<Name, EntryType[]> types, int index) throws IOException {
      FreedPart part = parts.get(index);
      forEachEntry(
          part.directory(),
          (name, type) -> {
            if (!LowerStaging.isStagingName(name)
                && !part.selection().selectionBelow(name).takesNothing()) {
              types.computeIfAbsent(name, key -> new EntryType[parts.size() + 1])[index] = type;
            }
          });
    }

    private void listLower(Map<Name, EntryType[]> types, boolean all) throws IOException {
      forEachEntry(
          lower,
          (name, type) -> {
            EntryType[] found =
                all && !LowerStaging.isStagingName(name)
                    ? types.computeIfAbsent(name, key -> new EntryType[parts.size() + 1])
                    : types.get(name);
            if (found != null) {
              found[parts.size()] = type;
            }
          });
    }

    private boolean isInTwoLayers(EntryType[] types) {
      int count = 0;
      for (EntryType type : types) {
        count += type == null ? 0 : 1;
      }
      // What a directory hides is in one layer only.
      return count > 1 || types[parts.size()] != null;
    }

    /** Goes into a directory later. */
    void addDirectory(List<FreedPart> inner, LayerDirectory innerLower) {
      waiting.add(new DirectoryStep(inner, innerLower, false));
    }

    /** Counts all files of a directory later. */
    void addWholeTree(LayerDirectory parent, Name name) {
      waiting.add(new WholeTreeStep(parent, name));
    }

    @Override
    public void close() throws IOException {
      IOException failure = null;
      for (TreeWalk.WalkStep step : waiting) {
        failure = closeAndKeep(step::close, failure);
      }
      if (!isRoot) {
        for (FreedPart part : parts) {
          if (part.directory() != null) {
            failure = closeAndKeep(part.directory()::close, failure);
          }
        }
        if (lower != null) {
          failure = closeAndKeep(lower::close, failure);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /**
   * Visits the entries of a directory, which somebody may remove meanwhile, as a view is mounted.
   */
  private static void forEachEntry(LayerDirectory directory, DirectoryListing.EntryVisitor visitor)
      throws IOException {
    try {
      EntryCursor entries = directory.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryType type = entry.type();
        if (type == EntryType.UNKNOWN) {
          type = directory.stat(entry.name()).map(EntryStat::type).orElse(null);
        }
        if (type != null) {
          visitor.visitEntry(entry.name(), type);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Nothing is in it any more.
    }
  }

  /** Something that is closed. */
  @FunctionalInterface
  private interface CloseAction {
    void close() throws IOException;
  }

  private static IOException closeAndKeep(CloseAction action, IOException before) {
    try {
      action.close();
      return before;
    } catch (IOException e) {
      return e;
    }
  }

  /** Counts all files of a directory that goes as a whole. */
  private final class WholeTreeStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final Deque<Name> directories = new ArrayDeque<>();
    private LayerDirectory directory;

    WholeTreeStep(LayerDirectory parent, Name name) {
      this.parent = parent;
      this.name = name;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (directory == null) {
        try {
          directory = parent.open(name);
        } catch (NoSuchFileException | NotDirectoryException e) {
          return null;
        }
        forEachEntry(directory, this::countEntry);
      }
      Name next = directories.poll();
      return next == null ? null : new WholeTreeStep(directory, next);
    }

    private void countEntry(Name inner, EntryType type) throws IOException {
      if (type == EntryType.DIRECTORY) {
        directories.add(inner);
      } else if (type == EntryType.FILE) {
        directory.stat(inner).ifPresent(tally::countName);
      }
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
    }
  }
}
