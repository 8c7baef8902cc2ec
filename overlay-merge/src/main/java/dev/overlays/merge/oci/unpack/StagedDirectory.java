package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * A directory beside the target. It gets the target's name when it is complete; otherwise it is
 * removed with everything in it.
 */
public final class StagedDirectory implements Closeable {
  private static final int OWNER_ONLY = 0700;

  private final LayerDirectory parent;
  private final ArchiveRefusals refusals;
  private final Name staging;
  private final Name name;
  private boolean published;

  private StagedDirectory(
      LayerDirectory parent, ArchiveRefusals refusals, Name staging, Name name) {
    this.parent = parent;
    this.refusals = refusals;
    this.staging = staging;
    this.name = name;
  }

  /** Creates the directory; the parent stays open. */
  public static StagedDirectory createIn(LayerDirectory parent, Name name, ArchiveRefusals refusals)
      throws IOException {
    Name staging = Name.of(".overlays-import-" + UUID.randomUUID());
    StagedDirectory staged = new StagedDirectory(parent, refusals, staging, name);
    staged.requireFree();
    parent.createDirectory(staging);
    return staged;
  }

  public LayerDirectory openStaging() throws IOException {
    return parent.open(staging);
  }

  private void requireFree() throws IOException {
    if (parent.stat(name).isPresent()) {
      throw refusals.targetExists();
    }
  }

  /** Syncs the directory to the disk and renames it to the target. */
  public void publishAsTarget(LayerDirectory root) throws IOException {
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

  /**
   * Removes a tree. Unpacked directories may deny access even to their owner, so their mode is
   * changed first.
   */
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

  /**
   * Removes all entries that one listing shows; a listing may miss some while entries are removed.
   */
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
