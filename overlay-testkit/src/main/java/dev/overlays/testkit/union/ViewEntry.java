package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;

/**
 * The entry that the view shows under a name: that of the top-most layer that has the name.
 *
 * @param inUpper whether that layer is the upper
 * @param layer the number of the layer
 * @param directory its directory in that layer, open as long as the merged directory is
 * @param name its name in that layer, {@link Name#SELF} for the directory itself
 * @param stat its attributes
 */
record ViewEntry(boolean inUpper, int layer, LayerDirectory directory, Name name, EntryStat stat) {

  static ViewEntry ofUpper(LayerDirectory directory, Name name, EntryStat stat) {
    return new ViewEntry(true, 0, directory, name, stat);
  }

  static ViewEntry ofLower(MergedDirectory.ShownEntry shown) {
    return new ViewEntry(false, shown.layer(), shown.directory(), shown.name(), shown.stat());
  }

  boolean isDirectory() {
    return stat.isDirectory();
  }

  boolean isFile() {
    return stat.type() == EntryType.FILE;
  }

  boolean isSymlink() {
    return stat.type() == EntryType.SYMLINK;
  }
}
