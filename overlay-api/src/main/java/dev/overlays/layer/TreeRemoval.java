package dev.overlays.layer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;

/** Removes all that is in a directory, and possibly the directory itself. */
final class TreeRemoval implements TreeWalk.Step {
  private static final int OWNER_ONLY = 0700;

  private final LayerDirectory parent;
  private final Name name;
  private LayerDirectory directory;
  private EntryCursor entries;
  private boolean removed = true;

  private TreeRemoval(LayerDirectory parent, Name name, LayerDirectory directory) {
    this.parent = parent;
    this.name = name;
    this.directory = directory;
  }

  /** Empties a directory, whose handle stays open. */
  static TreeRemoval in(LayerDirectory directory) {
    return new TreeRemoval(null, Name.SELF, directory);
  }

  /** Removes a directory. */
  static TreeRemoval of(LayerDirectory parent, Name name) {
    return new TreeRemoval(parent, name, null);
  }

  @Override
  public TreeWalk.Step nextStep() throws IOException {
    if (directory == null) {
      giveRights();
      directory = LayerEntries.openClosed(parent, name);
    }
    while (entries != null || removed) {
      if (entries == null) {
        entries = directory.entries();
        removed = false;
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        removed = true;
        if (isDirectory(entry)) {
          return of(directory, entry.name());
        }
      }
      // Some file systems leave entries out of a listing while others are removed.
      entries = null;
    }
    if (parent != null) {
      parent.removeDirectory(name);
    }
    return null;
  }

  /** What is about to be removed may be closed to its owner; what is somebody else's stays so. */
  private void giveRights() throws IOException {
    Optional<EntryStat> stat = parent.stat(name);
    if (stat.isEmpty() || (stat.get().mode() & OWNER_ONLY) == OWNER_ONLY) {
      return;
    }
    try {
      parent.setMode(name, OWNER_ONLY);
    } catch (AccessDeniedException e) {
      // Then the removal is refused, or it is somebody who needs no rights.
    }
  }

  /** Tells whether an entry is a directory; anything else is removed. */
  private boolean isDirectory(LayerEntry entry) throws IOException {
    if (entry.type() == EntryType.DIRECTORY || entry.type() == EntryType.UNKNOWN) {
      Optional<EntryStat> stat = directory.stat(entry.name());
      if (stat.isEmpty() || stat.get().isDirectory()) {
        return stat.isPresent();
      }
    }
    directory.remove(entry.name());
    return false;
  }

  @Override
  public void close() throws IOException {
    if (parent != null && directory != null) {
      directory.close();
    }
  }
}
