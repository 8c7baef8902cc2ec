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
 * Lets an ordinary user work in a tree of their own whatever its modes are. What the owner may not
 * write to or look into, as its mode says, gets the owner's bits for as long as they are needed,
 * and seems to have its own mode all the while. A note beside the layer tells the next run what a
 * crash has left so. Whoever may do everything meets none of this.
 */
public final class OwnModes {
  private static final int OF_A_DIRECTORY = 0700;
  private static final int OF_A_FILE = 0600;

  private final ModeNotes notes;
  private final Map<InodeKey, LiftedMode> lifts = new ConcurrentHashMap<>();

  private record InodeKey(long device, long inode) {
    static InodeKey of(EntryStat stat) {
      return new InodeKey(stat.device(), stat.inode());
    }
  }

  /** An entry that has another mode for a moment than it is to have. */
  private record LiftedMode(int mode, Name note) {}

  /** Opens the root of a layer. */
  @FunctionalInterface
  public interface RootOpener {
    /**
     * Opens it.
     *
     * @param root where it is
     * @return a new handle
     * @throws IOException if it cannot be opened
     */
    LayerDirectory open(Path root) throws IOException;
  }

  private OwnModes(ModeNotes notes) {
    this.notes = notes;
  }

  /**
   * Makes it.
   *
   * @param opener opens the directory beside the layers
   * @param beside where notes are made: a directory that no view shows and this process may write
   *     to
   * @return what opens layers for one run
   */
  public static OwnModes of(RootOpener opener, Path beside) {
    return new OwnModes(new ModeNotes(() -> opener.open(beside)));
  }

  /**
   * Gives the modes back that a run before has not, since it was cut off.
   *
   * @param opener opens layers
   * @throws IOException if the notes cannot be read
   */
  public void recover(RootOpener opener) throws IOException {
    List<ModeNotes.ModeNote> left;
    try {
      left = notes.left();
    } catch (NoSuchFileException e) {
      return;
    }
    for (ModeNotes.ModeNote note : left) {
      try {
        recover(opener, note);
      } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
        // It has been moved or removed, and whoever did so gave it its mode.
      }
    }
    if (!left.isEmpty()) {
      notes.clear();
    }
  }

  private static void recover(RootOpener opener, ModeNotes.ModeNote note) throws IOException {
    LayerDirectory directory = opener.open(note.root());
    try {
      int last = note.path().size() - 1;
      for (int i = 0; i < last; i++) {
        try (LayerDirectory outer = directory) {
          directory = outer.open(note.path().get(i));
        }
      }
      Name name = last < 0 ? Name.SELF : note.path().get(last);
      Optional<EntryStat> stat = directory.stat(name);
      if (stat.isPresent() && stat.get().mode() == (note.mode() | bits(stat.get()))) {
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
  public LayerDirectory open(RootOpener opener, Path root) throws IOException {
    return new OwnModeDirectory(this, opener.open(root), root, null, Name.SELF);
  }

  private static int bits(EntryStat stat) {
    return stat.isDirectory() ? OF_A_DIRECTORY : OF_A_FILE;
  }

  /**
   * Gives the owner of an entry the rights to it, and tells whether that has changed anything. The
   * entry may have been lifted by another handle, which has the mode that it is to have.
   */
  boolean lift(LayerDirectory directory, Name name, Path root, List<Name> path) {
    try {
      Optional<EntryStat> stat = directory.stat(name);
      if (stat.isEmpty() || stat.get().type() == EntryType.SYMLINK) {
        return false;
      }
      if ((stat.get().mode() & bits(stat.get())) == bits(stat.get())) {
        return lifts.containsKey(InodeKey.of(stat.get()));
      }
      int mode = stat.get().mode();
      Name note = notes.add(new ModeNotes.ModeNote(root, path, mode));
      try {
        directory.setMode(name, mode | bits(stat.get()));
        lifts.put(InodeKey.of(stat.get()), new LiftedMode(mode, note));
        return true;
      } catch (IOException e) {
        notes.remove(note);
        return false;
      }
    } catch (IOException e) {
      // Then it stays as it is, and what was refused is told.
      return false;
    }
  }

  /** Makes another note of an entry that is lifted, for the place that it is about to come to. */
  Name noteAgain(EntryStat stat, Path root, List<Name> path) throws IOException {
    LiftedMode lift = lifts.get(InodeKey.of(stat));
    return notes.add(new ModeNotes.ModeNote(root, path, lift == null ? stat.mode() : lift.mode()));
  }

  void forget(Name note) throws IOException {
    notes.remove(note);
  }

  /** Gives an entry its mode back, if it is still there. */
  void lower(LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    LiftedMode lift = lifts.remove(InodeKey.of(stat));
    if (lift != null) {
      if (directory.stat(name).filter(there -> there.sameInode(stat)).isPresent()) {
        directory.setMode(name, lift.mode());
      }
      notes.remove(lift.note());
    }
  }

  /** The entry with the mode that it is to have. */
  EntryStat shown(EntryStat stat) {
    LiftedMode lift = lifts.isEmpty() ? null : lifts.get(InodeKey.of(stat));
    return lift == null ? stat : stat.withMode(lift.mode());
  }

  /** Remembers a new mode for an entry that is lifted, and tells whether it is. */
  boolean isRemembered(LayerDirectory directory, Name name, int mode) throws IOException {
    if (lifts.isEmpty()) {
      return false;
    }
    InodeKey inode = InodeKey.of(LayerEntries.present(directory, name));
    return lifts.computeIfPresent(inode, (key, old) -> new LiftedMode(mode, old.note())) != null;
  }
}
