package dev.overlays.hiding;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Records what {@link PrivatePaths#hide} put into an upper, so that it can be removed again. */
public final class HidingRecord {
  private final List<HiddenEntry> hiddenEntries = new ArrayList<>();

  HidingRecord() {}

  /** An entry that was created, or an existing directory of the upper that was marked opaque. */
  private record HiddenEntry(List<Name> names, boolean byMark) {}

  /**
   * Tells whether there was nothing to hide, or everything was hidden before.
   *
   * @return whether nothing was put into the upper
   */
  public boolean isEmpty() {
    return hiddenEntries.isEmpty();
  }

  void addMarked(String path) {
    hiddenEntries.add(new HiddenEntry(parseNames(path), true));
  }

  /**
   * Records an entry that was created: the first of the names at the end of the path that the upper
   * lacked.
   */
  void addMade(String path, int missing) {
    List<Name> names = parseNames(path);
    hiddenEntries.add(new HiddenEntry(names.subList(0, names.size() - missing + 1), false));
  }

  private static List<Name> parseNames(String path) {
    List<Name> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      names.add(Name.of(name));
    }
    return names;
  }

  /**
   * Removes what was put into the upper, after a mount that failed, while nothing uses the upper.
   *
   * @param spec as it was given to {@link PrivatePaths#hide}
   * @param store what opens its layers
   * @throws IOException if the upper cannot be written
   */
  public void undo(OverlaySpec spec, LayerStore store) throws IOException {
    if (hiddenEntries.isEmpty()) {
      return;
    }
    MarkNamespace marks = MarkNamespace.of(spec.options());
    try (LayerDirectory upper = store.open(spec.upper().orElseThrow())) {
      for (int i = hiddenEntries.size() - 1; i >= 0; i--) {
        showEntry(upper, hiddenEntries.get(i).names, hiddenEntries.get(i).byMark, marks);
      }
    }
    hiddenEntries.clear();
  }

  private static void showEntry(
      LayerDirectory root, List<Name> names, boolean byMark, MarkNamespace marks)
      throws IOException {
    LayerDirectory directory = root;
    try {
      for (Name name : names.subList(0, names.size() - 1)) {
        LayerDirectory outer = directory;
        directory = outer.open(name);
        if (outer != root) {
          outer.close();
        }
      }
      Name name = names.get(names.size() - 1);
      if (byMark) {
        directory.removeXattr(name, Mark.OPAQUE.xattr(marks));
      } else {
        EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
        LayerEntries.removeTree(directory, name);
        directory.setTimes(Name.SELF, before.accessed(), before.modified());
      }
    } finally {
      if (directory != root) {
        directory.close();
      }
    }
  }
}
