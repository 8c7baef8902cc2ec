package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Makes copies of entries in a staging directory, attributes and all. */
public final class FileCopy {
  private final LayerChanges changes;

  public FileCopy(LayerChanges changes) {
    this.changes = changes;
  }

  /** Where something is that is copied. */
  public record CopySource(LayerDirectory directory, Name name, EntryStat stat) {}

  /**
   * Copies anything but a directory, and returns the name of the copy.
   *
   * @param data what has the content
   * @param attributes what has everything else, of the same kind
   */
  public Name copyFile(CopySource data, CopySource attributes, StagingDirectory staging)
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
