package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Copies entries with their attributes into a staging directory. */
public final class EntryCopier {
  private final LayerChanges changes;

  public EntryCopier(LayerChanges changes) {
    this.changes = changes;
  }

  /**
   * An entry to copy.
   *
   * @param isPlain whether it is known to have no extended attributes but marks
   */
  public record CopySource(LayerDirectory directory, Name name, EntryStat stat, boolean isPlain) {
    /** Names an entry that may have any extended attributes. */
    public CopySource(LayerDirectory directory, Name name, EntryStat stat) {
      this(directory, name, stat, false);
    }
  }

  /**
   * Copies an entry that is not a directory, and returns the name of the copy.
   *
   * @param data the entry that has the content
   * @param attributes the entry, of the same type, that has the attributes
   */
  public Name copyEntry(CopySource data, CopySource attributes, StagingDirectory staging)
      throws IOException {
    LayerDirectory target = staging.openDirectory();
    Name name = staging.nextName();
    EntryStat stat = attributes.stat();
    switch (data.stat().type()) {
      case FILE -> data.directory().copyFile(data.name(), data.stat(), target, name, stat.mode());
      case SYMLINK -> target.createSymlink(name, data.directory().readSymlink(data.name()));
      default ->
          target.createNode(
              name, data.stat().type(), data.stat().deviceMajor(), data.stat().deviceMinor());
    }
    if (stat.type() == EntryType.FILE && attributes.isPlain() && !staging.givesXattrs(name)) {
      changes.copyStat(stat, target, name);
    } else {
      changes.copyAttributes(attributes.directory(), attributes.name(), stat, target, name);
    }
    return name;
  }
}
