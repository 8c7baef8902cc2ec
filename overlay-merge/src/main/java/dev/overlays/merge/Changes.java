package dev.overlays.merge;

import dev.overlays.layer.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Everything that a merge changes; in a dry run, nothing. */
final class Changes {
  private final boolean dryRun;
  private final MarkNamespace marks;

  Changes(boolean dryRun, MarkNamespace marks) {
    this.dryRun = dryRun;
    this.marks = marks;
  }

  boolean dryRun() {
    return dryRun;
  }

  void remove(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      directory.remove(name);
    }
  }

  void removeDirectory(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      directory.removeDirectory(name);
    }
  }

  void createDirectory(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      directory.createDirectory(name);
    }
  }

  void rename(LayerDirectory upper, Name name, LayerDirectory lower) throws IOException {
    if (!dryRun) {
      upper.rename(name, lower, name);
    }
  }

  /** Frees an entry from its marks. */
  void strip(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      for (String xattr : directory.xattrs(name)) {
        if (marks.isMark(xattr)) {
          directory.removeXattr(name, xattr);
        }
      }
    }
  }

  void removeXattr(LayerDirectory directory, Name name, String xattr) throws IOException {
    if (!dryRun) {
      directory.removeXattr(name, xattr);
    }
  }

  void setTimes(LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    if (!dryRun) {
      directory.setTimes(name, stat.accessed(), stat.modified());
    }
  }

  /** Gives the lower's entry the attributes of the upper's, with the times of an earlier look. */
  void copyAttributes(LayerDirectory upper, Name name, EntryStat stat, LayerDirectory lower)
      throws IOException {
    if (!dryRun) {
      AttributeCopy.copy(upper, name, stat, lower, name, marks);
    }
  }
}
