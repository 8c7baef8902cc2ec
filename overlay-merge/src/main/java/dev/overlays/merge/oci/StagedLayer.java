package dev.overlays.merge.oci;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * A directory beside the one that is to be made, which gets its name when it is whole, or goes
 * again with all that is in it.
 */
final class StagedLayer implements Closeable {
  private static final int OWNER_ONLY = 0700;

  private final LayerDirectory parent;
  private final ArchiveRefusals refusals;
  private final Name staging;
  private final Name name;
  private boolean published;

  private StagedLayer(LayerDirectory parent, ArchiveRefusals refusals, Name staging, Name name) {
    this.parent = parent;
    this.refusals = refusals;
    this.staging = staging;
    this.name = name;
  }

  /** Makes it; the parent stays open. */
  static StagedLayer stagedIn(LayerDirectory parent, Name name, ArchiveRefusals refusals)
      throws IOException {
    Name staging = Name.of(".overlays-import-" + UUID.randomUUID());
    StagedLayer staged = new StagedLayer(parent, refusals, staging, name);
    staged.requireFree();
    parent.createDirectory(staging);
    return staged;
  }

  LayerDirectory open() throws IOException {
    return parent.open(staging);
  }

  private void requireFree() throws IOException {
    if (parent.stat(name).isPresent()) {
      throw refusals.targetExists();
    }
  }

  /** Makes it durable, and gives it its name. */
  void publishAs(LayerDirectory root) throws IOException {
    root.syncFileSystem();
    requireFree();
    parent.rename(staging, parent, name);
    published = true;
  }

  @Override
  public void close() throws IOException {
    if (!published) {
      removeTree(parent, staging);
    }
  }

  /** An ordinary user may have unpacked directories that not even its owner may look into. */
  private static void removeTree(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isPresent() && !stat.get().isDirectory()) {
      directory.remove(name);
    } else if (stat.isPresent()) {
      directory.setMode(name, OWNER_ONLY);
      try (LayerDirectory inner = directory.open(name)) {
        boolean removed = true;
        while (removed) {
          removed = removeAll(inner);
        }
      }
      directory.removeDirectory(name);
    }
  }

  /** Listings may miss something while entries go. */
  private static boolean removeAll(LayerDirectory directory) throws IOException {
    boolean removed = false;
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      removeTree(directory, entry.name());
      removed = true;
    }
    return removed;
  }
}
