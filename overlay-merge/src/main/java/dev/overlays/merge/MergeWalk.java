package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * Goes through an upper and folds each entry into the lower, with one handle of each layer a level.
 * The order of the steps keeps the view as it is: what is in the way in the lower goes while the
 * upper hides it, and what hides goes last.
 */
final class MergeWalk {
  private final Changes changes;
  private final MarkNamespace marks;
  private final Tally tally;
  private final LowerRemoval removal;
  private final TreeMove move;

  MergeWalk(Changes changes, MarkNamespace marks, Tally tally) {
    this.changes = changes;
    this.marks = marks;
    this.tally = tally;
    this.removal = new LowerRemoval(changes, tally);
    this.move = new TreeMove(changes, marks, tally);
  }

  /** Merges the roots; the upper's stays, with its private paths. */
  void roots(LayerDirectory upper, LayerDirectory lower, PrivateTree privates) throws IOException {
    EntryStat stat = LayerEntries.present(upper, Name.SELF);
    children(upper, lower, privates, Place.ROOT);
    changes.copyAttributes(upper, Name.SELF, stat, lower);
    changes.setTimes(upper, Name.SELF, stat);
    tally.add(MergeAction.UPDATED, Place.ROOT, Name.SELF);
  }

  /**
   * Merges what is in a directory, and tells whether the upper is empty then. The lower's may be
   * null in a dry run, where it would only have been created.
   */
  private boolean children(
      LayerDirectory upper, LayerDirectory lower, PrivateTree privates, Place place)
      throws IOException {
    boolean first = true;
    while (true) {
      boolean acted = false;
      boolean empty = true;
      EntryCursor entries = upper.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        PrivateTree inner = PrivateTree.below(privates, entry.name());
        if (PrivateTree.isPrivate(inner)) {
          empty = false;
          if (first) {
            tally.add(MergeAction.KEPT, place, entry.name());
          }
        } else if (first || inner == null) {
          acted = true;
          empty &= entry(upper, lower, entry.name(), inner, place);
        } else {
          empty = false;
        }
      }
      if (!acted || changes.dryRun()) {
        return empty;
      }
      first = false;
    }
  }

  /** Merges one entry, and tells whether it is gone from the upper. */
  private boolean entry(
      LayerDirectory upper, LayerDirectory lower, Name name, PrivateTree inner, Place place)
      throws IOException {
    EntryStat stat = LayerEntries.present(upper, name);
    Optional<EntryStat> old = lower == null ? Optional.empty() : lower.stat(name);
    if (stat.isDirectory()) {
      return directory(new Pair(upper, lower, name, stat, old), inner, place);
    }
    if (LayerEntries.isWhiteout(upper, name, stat, marks)) {
      if (old.isPresent()) {
        removal.remove(lower, name, old.get().type(), place);
      }
      changes.remove(upper, name);
    } else {
      leaf(new Pair(upper, lower, name, stat, old), place);
    }
    return true;
  }

  /** One entry of the upper, and what the lower has under its name. */
  private record Pair(
      LayerDirectory upper,
      LayerDirectory lower,
      Name name,
      EntryStat stat,
      Optional<EntryStat> old) {}

  private void leaf(Pair pair, Place place) throws IOException {
    changes.strip(pair.upper, pair.name);
    if (pair.old.filter(EntryStat::isDirectory).isPresent()) {
      removal.remove(pair.lower, pair.name, EntryType.DIRECTORY, place);
    }
    if (pair.old.filter(pair.stat::sameInode).isPresent()) {
      // A rename between two names of one inode would do nothing.
      changes.remove(pair.upper, pair.name);
    } else {
      changes.rename(pair.upper, pair.name, pair.lower);
    }
    MergeAction action = pair.old.isPresent() ? MergeAction.REPLACED : MergeAction.ADDED;
    tally.moved(action, place, pair.name, pair.stat);
  }

  private boolean directory(Pair pair, PrivateTree inner, Place place) throws IOException {
    boolean opaque = LayerEntries.isOpaque(pair.upper, pair.name, marks);
    boolean onto = pair.old.filter(EntryStat::isDirectory).isPresent();
    if (onto && opaque) {
      removal.empty(pair.lower, pair.name, place);
    } else if (!onto && pair.old.isPresent()) {
      removal.remove(pair.lower, pair.name, pair.old.get().type(), place);
    }
    if (inner == null && (opaque || !onto)) {
      move.move(pair.upper, pair.name, pair.stat, pair.lower, place);
      return true;
    }
    if (opaque) {
      changes.removeXattr(pair.upper, pair.name, Mark.OPAQUE.xattr(marks));
    }
    if (!onto) {
      changes.createDirectory(pair.lower, pair.name);
    }
    boolean empty = descend(pair, onto && !opaque, inner, place);
    changes.copyAttributes(pair.upper, pair.name, pair.stat, pair.lower);
    if (empty) {
      changes.removeDirectory(pair.upper, pair.name);
    } else {
      changes.setTimes(pair.upper, pair.name, pair.stat);
    }
    tally.add(onto ? MergeAction.UPDATED : MergeAction.ADDED, place, pair.name);
    return empty;
  }

  /** Goes on inside; a dry run has no lower there that would still hold something. */
  private boolean descend(Pair pair, boolean holds, PrivateTree inner, Place place)
      throws IOException {
    try (LayerDirectory upper = pair.upper.open(pair.name);
        LayerDirectory lower = holds || !changes.dryRun() ? pair.lower.open(pair.name) : null) {
      return children(upper, lower, inner, place.in(pair.name));
    }
  }
}
