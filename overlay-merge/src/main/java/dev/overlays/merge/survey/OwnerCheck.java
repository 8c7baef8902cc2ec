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
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.owners.MappedOwners;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Where the owners of a layer are mapped, finds the entries that would lose an ID: the mapping of
 * the receiving layer has none for the owner, or for an ID in the ACL or the capabilities.
 */
public final class OwnerCheck {
  /** The search ends at so many problems. */
  private static final int MOST_PROBLEMS = 20;

  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final List<Problem> problems = new ArrayList<>();

  public OwnerCheck(LayerDirectory upper, LayerRoots lowers) {
    this.upper = upper;
    this.lowers = lowers;
  }

  /** A directory of the upper and the position in its listing. */
  private record WalkFrame(
      LayerDirectory directory, EntrySelection selection, EntryCursor entries) {}

  /**
   * Returns the problems of entries that would lose an ID.
   *
   * @param renamed the entries whose content is pulled up from the lowers first
   */
  public List<Problem> findProblems(EntrySelection selection, List<RenamedEntry> renamed)
      throws IOException {
    boolean mapped = MappedOwners.isMapped(upper);
    for (LayerDirectory lower : lowers.mergedRoot().mergedDirectories()) {
      mapped |= MappedOwners.isMapped(lower);
    }
    if (mapped) {
      checkUpper(selection);
      for (RenamedEntry entry : renamed) {
        if (entry.isDirectory() && entry.source() != null) {
          checkPulledUp(entry.source());
        }
      }
    }
    return problems;
  }

  private void checkUpper(EntrySelection root) throws IOException {
    if (root.takesEntry()) {
      checkOwners(upper, Name.SELF, lowers.firstRoot());
    }
    Deque<WalkFrame> frames = new ArrayDeque<>();
    frames.push(new WalkFrame(upper, root, upper.entries()));
    try {
      while (!frames.isEmpty() && problems.size() < MOST_PROBLEMS) {
        WalkFrame frame = frames.peek();
        LayerEntry entry = frame.entries().next();
        if (entry == null) {
          closeFrame(frames.pop());
          continue;
        }
        EntrySelection inner = frame.selection().selectionBelow(entry.name());
        if (!inner.takesNothing() && checkEntry(frame.directory(), entry)) {
          LayerDirectory directory = frame.directory().open(entry.name());
          frames.push(new WalkFrame(directory, inner, directory.entries()));
        }
      }
    } finally {
      while (!frames.isEmpty()) {
        closeFrame(frames.pop());
      }
    }
  }

  /** Checks an entry and returns whether it is a directory. */
  private boolean checkEntry(LayerDirectory directory, LayerEntry entry) throws IOException {
    EntryType type =
        entry.type() == EntryType.UNKNOWN
            ? LayerEntries.requireStat(directory, entry.name()).type()
            : entry.type();
    boolean isWhiteout =
        type != EntryType.DIRECTORY
            && LayerEntries.isWhiteout(
                directory,
                entry.name(),
                LayerEntries.requireStat(directory, entry.name()),
                lowers.markNamespace());
    if (!isWhiteout) {
      checkOwners(directory, entry.name(), lowers.firstRoot());
    }
    return type == EntryType.DIRECTORY;
  }

  private void closeFrame(WalkFrame frame) throws IOException {
    if (frame.directory() != upper) {
      frame.directory().close();
    }
  }

  /** Checks what a renamed directory shows of the lowers, since that is copied up into it. */
  private void checkPulledUp(TreePlace source) throws IOException {
    Deque<TreePlace> waiting = new ArrayDeque<>(List.of(source));
    while (!waiting.isEmpty() && problems.size() < MOST_PROBLEMS) {
      TreePlace place = waiting.pop();
      try (MergedDirectory directory = lowers.mergedRoot().openMerged(place.toRedirect())) {
        directory.forEachShown(
            shown -> {
              checkOwners(shown.directory(), shown.name(), upper);
              if (shown.stat().isDirectory()) {
                waiting.push(place.resolveChild(shown.name()));
              }
            });
      }
    }
  }

  private void checkOwners(LayerDirectory from, Name name, LayerDirectory to) throws IOException {
    Optional<String> lost =
        problems.size() < MOST_PROBLEMS
            ? MappedOwners.describeLoss(from, name, to)
            : Optional.empty();
    if (lost.isPresent()) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_OWNER_UNMAPPED,
              LayerEntries.pathOf(from, name),
              "The entry has "
                  + lost.get()
                  + ", for which "
                  + LayerEntries.pathOf(to, Name.SELF)
                  + " has no ID in the mapping of the spec.",
              "Give the entry an owner that the mapping has, or map more IDs in the spec."));
    }
  }
}
