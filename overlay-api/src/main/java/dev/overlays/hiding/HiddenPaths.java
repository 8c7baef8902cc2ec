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

/** What {@link PrivatePaths#hide} has put into an upper, so that it can be taken out again. */
public final class HiddenPaths {
  private final List<HiddenEntry> all = new ArrayList<>();

  HiddenPaths() {}

  /** An entry that was made, or a directory of the upper's own that got a mark. */
  private record HiddenEntry(List<Name> names, boolean byMark) {}

  /**
   * Tells whether there was nothing to hide, or it was hidden before.
   *
   * @return whether nothing was put into the upper
   */
  public boolean isEmpty() {
    return all.isEmpty();
  }

  void byMark(String path) {
    all.add(new HiddenEntry(names(path), true));
  }

  /** The last names of the path were missing in the upper, so the first of these was made. */
  void byEntry(String path, int missing) {
    List<Name> names = names(path);
    all.add(new HiddenEntry(names.subList(0, names.size() - missing + 1), false));
  }

  private static List<Name> names(String path) {
    List<Name> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      names.add(Name.of(name));
    }
    return names;
  }

  /**
   * Takes it out of the upper again, after a mount that failed, while nothing uses the upper.
   *
   * @param spec as it was given to {@link PrivatePaths#hide}
   * @param store what opens its layers
   * @throws IOException if the upper cannot be written
   */
  public void show(OverlaySpec spec, LayerStore store) throws IOException {
    if (all.isEmpty()) {
      return;
    }
    MarkNamespace marks = MarkNamespace.of(spec.options());
    try (LayerDirectory upper = store.open(spec.upper().orElseThrow())) {
      for (int i = all.size() - 1; i >= 0; i--) {
        show(upper, all.get(i).names, all.get(i).byMark, marks);
      }
    }
    all.clear();
  }

  private static void show(
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
        EntryStat before = LayerEntries.present(directory, Name.SELF);
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
