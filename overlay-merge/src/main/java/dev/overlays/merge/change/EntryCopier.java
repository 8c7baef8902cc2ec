package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Copies entries with their attributes into a staging directory. */
public final class EntryCopier {
  private final LayerChanges changes;

  public EntryCopier(LayerChanges changes) {
    this.changes = changes;
  }

  /** An entry to copy. */
  public record CopySource(LayerDirectory directory, Name name, EntryStat stat) {}

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
    switch (data.stat().type()) {
      case FILE -> {
        target.createFile(name).close();
        data.directory().copyData(data.name(), target, name);
      }
      case SYMLINK -> target.createSymlink(name, data.directory().readSymlink(data.name()));
      default ->
          target.createNode(
              name, data.stat().type(), data.stat().deviceMajor(), data.stat().deviceMinor());
    }
    changes.copyAttributes(
        attributes.directory(), attributes.name(), attributes.stat(), target, name);
    return name;
  }
}
