package dev.overlays.testkit.replay;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Applies actions to every entry of a layer, and last to the directory itself. */
final class LayerTreeActions {
  private LayerTreeActions() {}

  private interface EntryAction {
    void on(LayerDirectory directory, Name name, EntryStat stat) throws IOException;
  }

  /** Truncates times to microseconds, because JDK 17 copies no finer ones. */
  static void cutTimes(LayerDirectory root) throws IOException {
    forEachEntry(
        root,
        (directory, name, stat) ->
            directory.setTimes(
                name,
                stat.accessed().truncatedTo(ChronoUnit.MICROS),
                stat.modified().truncatedTo(ChronoUnit.MICROS)));
  }

  /**
   * Replaces whiteouts that are marked files by those of the store's own form. A kernel refuses to
   * delete a directory that shows nothing but holds marked files (tried on Linux 6.18).
   */
  static void replaceMarkedWhiteouts(LayerDirectory root, String mark) throws IOException {
    forEachEntry(
        root,
        (directory, name, stat) -> {
          if (stat.type() == EntryType.FILE && directory.xattr(name, mark).isPresent()) {
            EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
            directory.remove(name);
            directory.createWhiteout(name);
            directory.setTimes(Name.SELF, before.accessed(), before.modified());
          }
        });
  }

  /**
   * Removes everything; protection is cleared first, because a merge sets the chattr flags that a
   * mark recorded.
   */
  static void removeAll(LayerDirectory root) throws IOException {
    forEachEntry(
        root,
        (directory, name, stat) -> {
          if (stat.immutable() || stat.appendOnly()) {
            directory.setProtection(name, false, false);
          }
        });
    LayerEntries.removeAll(root);
  }

  private static void forEachEntry(LayerDirectory directory, EntryAction action)
      throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      names.add(entry.name());
    }
    for (Name name : names) {
      EntryStat stat = LayerEntries.requireStat(directory, name);
      if (stat.isDirectory()) {
        try (LayerDirectory inner = LayerEntries.openRestricted(directory, name)) {
          forEachEntry(inner, action);
        }
      } else {
        action.on(directory, name, stat);
      }
    }
    action.on(directory, Name.SELF, LayerEntries.requireStat(directory, Name.SELF));
  }
}
