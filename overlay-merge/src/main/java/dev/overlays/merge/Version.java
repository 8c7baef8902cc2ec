package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * What one instance has under a name.
 *
 * @param instance whose it is
 * @param state how the instance comes to what it shows there
 * @param stat what its own entry is; null if it has none, or a whiteout
 * @param selection which of the entries inside are looked at
 */
record Version(Instance instance, Instance.State state, EntryStat stat, Selection selection) {
  boolean isDirectory() {
    return stat != null && stat.isDirectory();
  }

  Instance open(Name name) throws IOException {
    if (stat == null) {
      return new Instance(instance.upper(), state, null, selection);
    }
    return stat.isDirectory()
        ? new Instance(instance.upper(), state, instance.own().open(name), selection)
        : new Instance(instance.upper(), Instance.State.NOTHING, null, selection);
  }
}
