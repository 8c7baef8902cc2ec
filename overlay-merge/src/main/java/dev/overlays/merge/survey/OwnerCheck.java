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
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Selection;
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
  private static final int ENOUGH = 20;

  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final List<Problem> problems = new ArrayList<>();

  public OwnerCheck(LayerDirectory upper, LayerRoots lowers) {
    this.upper = upper;
    this.lowers = lowers;
  }

  /** A directory of the upper and the position in its listing. */
  private record Frame(LayerDirectory directory, Selection selection, EntryCursor entries) {}

  /**
   * Returns the problems of entries that would lose an ID.
   *
   * @param renamed the entries whose content is pulled up from the lowers first
   */
  public List<Problem> problems(Selection selection, List<Renamed> renamed) throws IOException {
    boolean mapped = MappedOwners.isMapped(upper);
    for (LayerDirectory lower : lowers.root().directories()) {
      mapped |= MappedOwners.isMapped(lower);
    }
    if (mapped) {
      goesDown(selection);
      for (Renamed entry : renamed) {
        if (entry.directory() && entry.source() != null) {
          comesUp(entry.source());
        }
      }
    }
    return problems;
  }

  private void goesDown(Selection root) throws IOException {
    if (root.takesEntry()) {
      ask(upper, Name.SELF, lowers.first());
    }
    Deque<Frame> frames = new ArrayDeque<>();
    frames.push(new Frame(upper, root, upper.entries()));
    try {
      while (!frames.isEmpty() && problems.size() < ENOUGH) {
        Frame frame = frames.peek();
        LayerEntry entry = frame.entries().next();
        if (entry == null) {
          close(frames.pop());
          continue;
        }
        Selection inner = frame.selection().below(entry.name());
        if (!inner.isNothing() && goesDown(frame.directory(), entry)) {
          LayerDirectory directory = frame.directory().open(entry.name());
          frames.push(new Frame(directory, inner, directory.entries()));
        }
      }
    } finally {
      while (!frames.isEmpty()) {
        close(frames.pop());
      }
    }
  }

  /** Checks an entry and returns whether it is a directory. */
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
      ask(directory, entry.name(), lowers.first());
    }
    return type == EntryType.DIRECTORY;
  }

  private void close(Frame frame) throws IOException {
    if (frame.directory() != upper) {
      frame.directory().close();
    }
  }

  /** Checks what a renamed directory shows of the lowers, since that is copied up into it. */
  private void comesUp(Place source) throws IOException {
    Deque<Place> waiting = new ArrayDeque<>(List.of(source));
    while (!waiting.isEmpty() && problems.size() < ENOUGH) {
      Place place = waiting.pop();
      try (MergedDirectory directory = lowers.root().open(place.redirect())) {
        directory.forEach(
            shown -> {
              ask(shown.directory(), shown.name(), upper);
              if (shown.stat().isDirectory()) {
                waiting.push(place.in(shown.name()));
              }
            });
      }
    }
  }

  private void ask(LayerDirectory from, Name name, LayerDirectory to) throws IOException {
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
