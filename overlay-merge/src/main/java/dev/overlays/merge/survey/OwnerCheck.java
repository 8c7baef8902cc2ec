package dev.overlays.merge.survey;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.owners.MappedOwners;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Looks, where the owners of a layer are mapped, for entries that would lose theirs: whose owner,
 * or an ID in whose ACL or capabilities, cannot be said in the layer that is to take them.
 */
public final class OwnerCheck {
  /** More than these do not help anybody. */
  private static final int ENOUGH = 20;

  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final List<Problem> problems = new ArrayList<>();

  public OwnerCheck(LayerDirectory upper, LayerRoots lowers) {
    this.upper = upper;
    this.lowers = lowers;
  }

  /** A directory of the upper, and how far it has been gone through. */
  private record DirectoryFrame(
      LayerDirectory directory, MergeSelection selection, EntryCursor entries) {}

  /**
   * Returns what could not be merged.
   *
   * @param renamed what is pulled up from the lowers first
   */
  public List<Problem> findProblems(MergeSelection selection, List<RenamedEntry> renamed)
      throws IOException {
    boolean mapped = MappedOwners.isMapped(upper);
    for (LayerDirectory lower : lowers.root().directories()) {
      mapped |= MappedOwners.isMapped(lower);
    }
    if (mapped) {
      goesDown(selection);
      for (RenamedEntry entry : renamed) {
        if (entry.directory() && entry.source() != null) {
          comesUp(entry.source());
        }
      }
    }
    return problems;
  }

  private void goesDown(MergeSelection root) throws IOException {
    if (root.takesEntry()) {
      askDirectory(upper, Name.SELF, lowers.first());
    }
    Deque<DirectoryFrame> frames = new ArrayDeque<>();
    frames.push(new DirectoryFrame(upper, root, upper.entries()));
    try {
      while (!frames.isEmpty() && problems.size() < ENOUGH) {
        DirectoryFrame frame = frames.peek();
        LayerEntry entry = frame.entries().next();
        if (entry == null) {
          close(frames.pop());
          continue;
        }
        MergeSelection inner = frame.selection().selectionBelow(entry.name());
        if (!inner.isNothing() && goesDown(frame.directory(), entry)) {
          LayerDirectory directory = frame.directory().open(entry.name());
          frames.push(new DirectoryFrame(directory, inner, directory.entries()));
        }
      }
    } finally {
      while (!frames.isEmpty()) {
        close(frames.pop());
      }
    }
  }

  /** Looks at an entry, and tells whether it is a directory. */
  private boolean goesDown(LayerDirectory directory, LayerEntry entry) throws IOException {
    EntryType type =
        entry.type() == EntryType.UNKNOWN
            ? LayerEntries.present(directory, entry.name()).type()
            : entry.type();
    boolean isWhiteout =
        type != EntryType.DIRECTORY
            && LayerEntries.isWhiteout(
                directory,
                entry.name(),
                LayerEntries.present(directory, entry.name()),
                lowers.marks());
    if (!isWhiteout) {
      askDirectory(directory, entry.name(), lowers.first());
    }
    return type == EntryType.DIRECTORY;
  }

  private void close(DirectoryFrame frame) throws IOException {
    if (frame.directory() != upper) {
      frame.directory().close();
    }
  }

  /** What a renamed directory shows of the lowers is copied into it. */
  private void comesUp(ViewPlace source) throws IOException {
    Deque<ViewPlace> waiting = new ArrayDeque<>(List.of(source));
    while (!waiting.isEmpty() && problems.size() < ENOUGH) {
      ViewPlace place = waiting.pop();
      try (MergedDirectory directory = lowers.root().open(place.redirectHere())) {
        directory.forEach(
            shown -> {
              askDirectory(shown.directory(), shown.name(), upper);
              if (shown.stat().isDirectory()) {
                waiting.push(place.placeIn(shown.name()));
              }
            });
      }
    }
  }

  private void askDirectory(LayerDirectory from, Name name, LayerDirectory to) throws IOException {
    Optional<String> lost =
        problems.size() < ENOUGH ? MappedOwners.lost(from, name, to) : Optional.empty();
    if (lost.isPresent()) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_OWNER_UNMAPPED,
              LayerEntries.path(from, name),
              "The entry has "
                  + lost.get()
                  + ", for which "
                  + LayerEntries.path(to, Name.SELF)
                  + " has no ID in the mapping of the spec.",
              "Give the entry an owner that the mapping has, or map more IDs in the spec."));
    }
  }
}
