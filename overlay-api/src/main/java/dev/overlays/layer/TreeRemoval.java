package dev.overlays.layer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;

/** Removes everything in a directory, and optionally the directory itself. */
final class TreeRemoval implements TreeWalk.WalkStep {
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

  /** Returns the first step to empty a directory, whose handle stays open. */
  static TreeRemoval ofContent(LayerDirectory directory) {
    return new TreeRemoval(null, Name.SELF, directory);
  }

  /** Returns the first step to remove a directory and its content. */
  static TreeRemoval ofDirectory(LayerDirectory parent, Name name) {
    return new TreeRemoval(parent, name, null);
  }

  @Override
  public TreeWalk.WalkStep nextStep() throws IOException {
    if (directory == null) {
      giveRights();
      directory = LayerEntries.openRestricted(parent, name);
    }
    while (entries != null || removed) {
      if (entries == null) {
        entries = directory.entries();
        removed = false;
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        removed = true;
        if (isDirectoryOrRemoved(entry)) {
          return ofDirectory(directory, entry.name());
        }
      }
      // Lists again: some file systems omit entries from a listing while others are removed.
      entries = null;
    }
    if (parent != null) {
      parent.removeDirectory(name);
    }
    return null;
  }

  /** Gives the owner access to the directory, unless it belongs to somebody else. */
  private void giveRights() throws IOException {
    Optional<EntryStat> stat = parent.stat(name);
    if (stat.isEmpty() || (stat.get().mode() & OWNER_ONLY) == OWNER_ONLY) {
      return;
    }
    try {
      parent.setMode(name, OWNER_ONLY);
    } catch (AccessDeniedException e) {
      // Then either the removal is refused, or this process needs no rights.
    }
  }

  /** Tells whether an entry is a directory, and removes it if it is anything else. */
  private boolean isDirectoryOrRemoved(LayerEntry entry) throws IOException {
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
