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
    boolean plain = stat.type() == EntryType.FILE && attributes.isPlain();
    copyAttributes(attributes, plain, staging, name);
    return name;
  }

  private void copyAttributes(CopySource source, boolean plain, StagingDirectory staging, Name copy)
      throws IOException {
    LayerDirectory target = staging.openDirectory();
    if (plain && !staging.givesXattrs(copy)) {
      changes.copyStat(source.stat(), target, copy);
    } else {
      changes.copyAttributes(source.directory(), source.name(), source.stat(), target, copy);
    }
  }

  /**
   * A copy and its original.
   *
   * @param name the name of the copy in the staging directory
   * @param stat the state of the original
   */
  public record PlainCopy(Name name, EntryStat stat) {}

  /** Copies a file that is known to have no extended attributes but marks. */
  public PlainCopy copyPlainFile(LayerDirectory directory, Name name, StagingDirectory staging)
      throws IOException {
    Name copy = staging.nextName();
    EntryStat stat = directory.copyFile(name, staging.openDirectory(), copy);
    copyAttributes(new CopySource(directory, name, stat, true), true, staging, copy);
    return new PlainCopy(copy, stat);
  }
}
