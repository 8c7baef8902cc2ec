package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;

/**
 * What is shown of a name: the entry of the top-most layer that has one.
 *
 * @param inUpper whether that is the upper
 * @param layer the number of the layer
 * @param directory the directory that it is in there, open as long as the merged one is
 * @param name its name there, {@link Name#SELF} for the directory itself
 * @param stat what it is
 */
record UnionEntry(boolean inUpper, int layer, LayerDirectory directory, Name name, EntryStat stat) {

  static UnionEntry upper(LayerDirectory directory, Name name, EntryStat stat) {
    return new UnionEntry(true, 0, directory, name, stat);
  }

  static UnionEntry below(MergedDirectory.ShownEntry shown) {
    return new UnionEntry(false, shown.layer(), shown.directory(), shown.name(), shown.stat());
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
