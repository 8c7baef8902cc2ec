package dev.overlays.modes;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets an ordinary user work in their own tree, whatever its modes are. An entry whose mode does
 * not let its owner read or write it gets the owner's bits for as long as they are needed, and is
 * shown with its own mode meanwhile. A note beside the layer lets the next run restore the mode
 * after a crash. Processes that modes do not restrict do not need this class.
 */
public final class LiftedModes {
  private static final int DIRECTORY_BITS = 0700;
  private static final int FILE_BITS = 0600;

  private final ModeNotes notes;
  private final Map<InodeKey, LiftedMode> liftedModes = new ConcurrentHashMap<>();

  private record InodeKey(long device, long inode) {
    static InodeKey of(EntryStat stat) {
      return new InodeKey(stat.device(), stat.inode());
    }
  }

  /** An entry with a temporary mode: the mode to restore, and its note. */
  private record LiftedMode(int mode, Name note) {}

  /** Opens the root of a layer. */
  @FunctionalInterface
  public interface RootOpener {
    /**
     * Opens the root.
     *
     * @param root where it is
     * @return a new handle
     * @throws IOException if it cannot be opened
     */
    LayerDirectory openRoot(Path root) throws IOException;
  }

  private LiftedModes(ModeNotes notes) {
    this.notes = notes;
  }

  /**
   * Returns an object that lifts modes for one run.
   *
   * @param opener opens the directory beside the layers
   * @param beside the directory for the notes, which no view shows and to which this process may
   *     write
   * @return the object, which opens layers
   */
  public static LiftedModes besideLayers(RootOpener opener, Path beside) {
    return new LiftedModes(new ModeNotes(() -> opener.openRoot(beside)));
  }

  /**
   * Restores the modes that an earlier run left because it was cut off.
   *
   * @param opener opens layers
   * @throws IOException if the notes cannot be read
   */
  public void restoreModes(RootOpener opener) throws IOException {
    List<ModeNotes.ModeNote> left;
    try {
      left = notes.leftNotes();
    } catch (NoSuchFileException e) {
      return;
    }
    for (ModeNotes.ModeNote note : left) {
      try {
        restoreNoted(opener, note);
      } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
        // The entry was moved or removed, and its mode was restored before that.
      }
    }
    if (!left.isEmpty()) {
      notes.removeNotes();
    }
  }

  private static void restoreNoted(RootOpener opener, ModeNotes.ModeNote note) throws IOException {
    LayerDirectory directory = opener.openRoot(note.root());
    try {
      int last = note.path().size() - 1;
      for (int i = 0; i < last; i++) {
        try (LayerDirectory outer = directory) {
          directory = outer.open(note.path().get(i));
        }
      }
      Name name = last < 0 ? Name.SELF : note.path().get(last);
      Optional<EntryStat> stat = directory.stat(name);
      if (stat.isPresent() && stat.get().mode() == (note.mode() | ownerBits(stat.get()))) {
        directory.setMode(name, note.mode());
      }
    } finally {
      directory.close();
    }
  }

  /**
   * Opens a layer.
   *
   * @param opener opens its root
   * @param root where it is
   * @return a directory in which the owner may do everything
   * @throws IOException if it cannot be opened
   */
  public LayerDirectory openLayer(RootOpener opener, Path root) throws IOException {
    return new ModeLiftingDirectory(this, opener.openRoot(root), root, null, Name.SELF);
  }

  private static int ownerBits(EntryStat stat) {
    return stat.isDirectory() ? DIRECTORY_BITS : FILE_BITS;
  }

  /**
   * Adds the owner's bits to the mode of an entry. Returns whether the entry has a temporary mode
   * now; another handle may have given it that before.
   */
  boolean liftMode(LayerDirectory directory, Name name, Path root, List<Name> path) {
    try {
      Optional<EntryStat> stat = directory.stat(name);
      if (stat.isEmpty() || stat.get().type() == EntryType.SYMLINK) {
        return false;
      }
      if ((stat.get().mode() & ownerBits(stat.get())) == ownerBits(stat.get())) {
        return liftedModes.containsKey(InodeKey.of(stat.get()));
      }
      int mode = stat.get().mode();
      Name note = notes.addNote(new ModeNotes.ModeNote(root, path, mode));
      try {
        directory.setMode(name, mode | ownerBits(stat.get()));
        liftedModes.put(InodeKey.of(stat.get()), new LiftedMode(mode, note));
        return true;
      } catch (IOException e) {
        notes.removeNote(note);
        return false;
      }
    } catch (IOException e) {
      // The mode stays as it is, and the caller reports what was refused.
      return false;
    }
  }

  /**
   * Adds another note for an entry with a temporary mode, for the place to which it is about to be
   * moved.
   */
  Name noteAgain(EntryStat stat, Path root, List<Name> path) throws IOException {
    LiftedMode lift = liftedModes.get(InodeKey.of(stat));
    return notes.addNote(
        new ModeNotes.ModeNote(root, path, lift == null ? stat.mode() : lift.mode()));
  }

  void removeNote(Name note) throws IOException {
    notes.removeNote(note);
  }

  /** Restores the mode of an entry, if it is still there. */
  void restoreMode(LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    LiftedMode lift = liftedModes.remove(InodeKey.of(stat));
    if (lift != null) {
      if (directory.stat(name).filter(there -> there.sameInode(stat)).isPresent()) {
        directory.setMode(name, lift.mode());
      }
      notes.removeNote(lift.note());
    }
  }

  /** Returns the attributes of an entry with its own mode in place of a temporary one. */
  EntryStat withOwnMode(EntryStat stat) {
    LiftedMode lift = liftedModes.isEmpty() ? null : liftedModes.get(InodeKey.of(stat));
    return lift == null ? stat : stat.withMode(lift.mode());
  }

  /**
   * Changes the mode to restore, if an entry has a temporary mode, and returns whether it has one.
   */
  boolean rememberMode(LayerDirectory directory, Name name, int mode) throws IOException {
    if (liftedModes.isEmpty()) {
      return false;
    }
    InodeKey inode = InodeKey.of(LayerEntries.requireStat(directory, name));
    return liftedModes.computeIfPresent(inode, (key, old) -> new LiftedMode(mode, old.note()))
        != null;
  }
}
