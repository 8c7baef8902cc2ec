package dev.overlays.merge.shared;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.DirectoryMarks;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Merges what all layers have under one name, without changing anything: follows what the lower has
 * there as one upper after the other is merged, and counts what goes.
 */
final class FreedNameMerge {

  /** What a layer has under the name. */
  private enum HeldKind {
    NOTHING,
    WHITEOUT,
    LEAF,
    DIRECTORY
  }

  private final FreedSpaceWalk.DirectoryStep place;
  private final FreedSpaceWalk walk;
  private final Name name;
  private final int lowerIndex;
  private final HeldKind[] held;
  private final EntryStat[] stats;
  private final boolean[] opaque;
  private final boolean[] stays;

  /** What the lower has now, and the layers that it is from. */
  private HeldKind current;

  private final SortedSet<Integer> sources = new TreeSet<>();

  FreedNameMerge(FreedSpaceWalk.DirectoryStep place, Name name, EntryType[] types)
      throws IOException {
    this.place = place;
    this.walk = place.walk();
    this.name = name;
    lowerIndex = place.parts().size();
    held = new HeldKind[types.length];
    stats = new EntryStat[types.length];
    opaque = new boolean[types.length];
    stays = new boolean[types.length];
    for (int i = 0; i < types.length; i++) {
      held[i] = readIfThere(i, types[i]);
    }
    current = held[lowerIndex] == HeldKind.WHITEOUT ? HeldKind.NOTHING : held[lowerIndex];
    if (current != HeldKind.NOTHING) {
      sources.add(lowerIndex);
    }
  }

  private LayerDirectory directoryOf(int index) {
    return index == lowerIndex ? place.lower() : place.parts().get(index).directory();
  }

  private HeldKind readIfThere(int index, EntryType type) throws IOException {
    try {
      return type == null ? HeldKind.NOTHING : readKind(index, type, directoryOf(index));
    } catch (NoSuchFileException | NotDirectoryException e) {
      // The view is mounted, and somebody has removed it.
      return HeldKind.NOTHING;
    }
  }

  private HeldKind readKind(int index, EntryType type, LayerDirectory directory)
      throws IOException {
    if (type == EntryType.DIRECTORY) {
      opaque[index] =
          index != lowerIndex
              && (place.parts().get(index).hidesLower()
                  || !DirectoryMarks.isTransparent(directory, name, walk.marks()));
      return HeldKind.DIRECTORY;
    }
    if (type == EntryType.FILE || type == EntryType.CHARACTER_DEVICE) {
      stats[index] = LayerEntries.requireStat(directory, name);
      return LayerEntries.isWhiteout(directory, name, stats[index], walk.marks())
          ? HeldKind.WHITEOUT
          : HeldKind.LEAF;
    }
    return HeldKind.LEAF;
  }

  /** Merges one upper after the other, and goes into the directory that comes of them. */
  void mergeInOrder() throws IOException {
    for (int i = 0; i < lowerIndex; i++) {
      FreedPart part = place.parts().get(i);
      if (part.isMerged() && part.isVisible() && isSelected(i)) {
        stays[i] = !mergeUpper(i);
      }
    }
    if (current == HeldKind.DIRECTORY && sources.size() > 1) {
      openInside();
    }
  }

  private boolean isSelected(int index) {
    return !place.parts().get(index).selection().selectionBelow(name).takesNothing();
  }

  /** Returns whether the entry is gone from the upper. */
  private boolean mergeUpper(int index) throws IOException {
    return switch (effectiveKind(index)) {
      case NOTHING -> true;
      case WHITEOUT -> mergeWhiteout(index);
      case LEAF -> mergeLeaf(index);
      case DIRECTORY -> mergeDirectory(index);
    };
  }

  private boolean mergeWhiteout(int index) throws IOException {
    if (walk.keepsShown() && othersShowAnything(index)) {
      return false;
    }
    replaceCurrent(HeldKind.NOTHING);
    return true;
  }

  /** A directory that hides the lower's has a whiteout for everything in that. */
  private HeldKind effectiveKind(int index) {
    boolean hides = place.parts().get(index).hidesLower() && current != HeldKind.NOTHING;
    return held[index] == HeldKind.NOTHING && hides ? HeldKind.WHITEOUT : held[index];
  }

  private boolean mergeLeaf(int index) throws IOException {
    if (current == HeldKind.DIRECTORY && walk.keepsShown() && othersShowLower(index)) {
      return false;
    }
    if (current == HeldKind.LEAF && isMetacopy(index)) {
      // The data stays where it is, and the upper's entry goes.
      walk.tally().countName(stats[index]);
      return true;
    }
    replaceCurrent(HeldKind.LEAF);
    sources.add(index);
    return true;
  }

  private boolean isMetacopy(int index) throws IOException {
    EntryStat stat = stats[index];
    return stat != null
        && stat.allocated() == 0
        && stat.size() > 0
        && directoryOf(index).xattr(name, Mark.METACOPY.xattr(walk.marks())).isPresent();
  }

  private boolean mergeDirectory(int index) throws IOException {
    if (current == HeldKind.LEAF && walk.keepsShown() && othersShowLower(index)) {
      return false;
    }
    boolean inside = place.parts().get(index).hidesLower();
    opaque[index] &= (inside ? current : held[lowerIndex]) == HeldKind.DIRECTORY;
    boolean clears =
        current == HeldKind.LEAF
            || (opaque[index] && !(walk.keepsShown() && othersShowAnything(index)));
    if (clears) {
      replaceCurrent(HeldKind.DIRECTORY);
    }
    current = HeldKind.DIRECTORY;
    sources.add(index);
    return true;
  }

  private void replaceCurrent(HeldKind next) throws IOException {
    for (int source : sources) {
      if (current == HeldKind.DIRECTORY) {
        place.addWholeTree(directoryOf(source), name);
      } else if (stats[source] != null) {
        walk.tally().countName(stats[source]);
      }
    }
    sources.clear();
    current = next;
  }

  /** Whether another instance shows something of this name, its own or the lower's. */
  private boolean othersShowAnything(int merged) {
    for (int i = 0; i < lowerIndex; i++) {
      if (i != merged && isAsked(i) && showsAnything(i, merged)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAsked(int index) {
    return place.parts().get(index).isVisible() && isSelected(index);
  }

  private boolean isDone(int index, int merged) {
    return index < merged && place.parts().get(index).isMerged();
  }

  private boolean showsAnything(int index, int merged) {
    if (isDone(index, merged) && !stays[index]) {
      return current != HeldKind.NOTHING;
    }
    return switch (effectiveKind(index)) {
      case NOTHING -> current != HeldKind.NOTHING;
      case WHITEOUT -> false;
      case LEAF, DIRECTORY -> true;
    };
  }

  /** Whether another instance shows what the lower has now. */
  private boolean othersShowLower(int merged) {
    for (int i = 0; i < lowerIndex; i++) {
      if (i != merged && isAsked(i) && showsLower(i, merged)) {
        return true;
      }
    }
    return false;
  }

  private boolean showsLower(int index, int merged) {
    if (isDone(index, merged)) {
      return !stays[index];
    }
    HeldKind kind = effectiveKind(index);
    return kind == HeldKind.NOTHING
        || (kind == HeldKind.DIRECTORY && current == HeldKind.DIRECTORY && !opaque[index]);
  }

  private void openInside() throws IOException {
    List<FreedPart> inner = new ArrayList<>();
    LayerDirectory lower = null;
    try {
      for (int i = 0; i < lowerIndex; i++) {
        inner.add(partInside(i));
      }
      if (sources.contains(lowerIndex)) {
        lower = openIfThere(place.lower());
      }
    } catch (IOException | RuntimeException | Error e) {
      for (FreedPart part : inner) {
        if (part.directory() != null) {
          part.directory().close();
        }
      }
      throw e;
    }
    place.addDirectory(inner, lower);
  }

  private LayerDirectory openIfThere(LayerDirectory directory) throws IOException {
    try {
      return directory.open(name);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return null;
    }
  }

  private FreedPart partInside(int index) throws IOException {
    FreedPart part = place.parts().get(index);
    boolean keeps = !part.isMerged() && held[index] == HeldKind.DIRECTORY && part.isVisible();
    boolean opens = (sources.contains(index) || keeps) && isSelected(index);
    boolean nothing = held[index] == HeldKind.NOTHING;
    boolean hidden = !part.isMerged() && nothing && part.hidesLower();
    return new FreedPart(
        opens ? openIfThere(directoryOf(index)) : null,
        part.selection().selectionBelow(name),
        part.isMerged(),
        part.isVisible()
            && isSelected(index)
            && !stays[index]
            && !hidden
            && (nothing || opens || part.isMerged()),
        opens ? opaque[index] : part.hidesLower());
  }
}
