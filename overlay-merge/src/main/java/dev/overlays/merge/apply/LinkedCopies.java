package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.Hit;
import dev.overlays.merge.change.Staging;
import dev.overlays.merge.run.Paths;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.IOUtils;

/**
 * Copies an inode with several names as one inode. A mark on the inode records where its copy is,
 * so nothing is kept in memory and the run after a crash finds the copy.
 */
final class LinkedCopies {
  private final Run run;
  private final LayerDirectory lowerRoot;
  private final Staging staging;
  private volatile boolean noted;

  /** The staging directory is on the lower's file system. */
  LinkedCopies(Run run, LayerDirectory lowerRoot, Staging staging) {
    this.run = run;
    this.staging = staging;
    this.lowerRoot = lowerRoot;
  }

  /** Records the place of a copy. */
  void made(Level level, Name name) throws IOException {
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (Name part : level.place().names(name)) {
      path.writeBytes(new byte[] {'/'});
      path.writeBytes(part.toBytes());
    }
    try {
      if (keepsNotes(level)) {
        note(LayerEntries.present(level.upper(), name), path.toByteArray());
      } else {
        run.changes().setMark(level.upper(), name, Mark.MERGE_COPY, path.toByteArray());
      }
    } catch (FileSystemException e) {
      // Only files and directories can have marks in user.*, so the next name gets a copy of its
      // own.
    }
  }

  /**
   * Whether symbolic links in the staging directory record the copies, for this run alone. This is
   * so where only some directories get copies: there a mark would be renamed into the lower with
   * another name of the inode.
   */
  private boolean keepsNotes(Level level) {
    return level.copies() && !run.copies() && !run.copiesLinks();
  }

  private void note(EntryStat stat, byte[] path) throws IOException {
    LayerEntries.removeTree(staging.directory(), noteName(stat));
    staging.directory().createSymlink(noteName(stat), path);
    noted = true;
  }

  private static Name noteName(EntryStat stat) {
    return Name.of("copy-" + Long.toHexString(stat.device()) + "-" + stat.inode());
  }

  /** Whether a note records a copy of an inode, even if this is its last name. */
  boolean areNoted(Level level, EntryStat stat) throws IOException {
    return noted && keepsNotes(level) && staging.directory().stat(noteName(stat)).isPresent();
  }

  private Optional<byte[]> made(Level level, Name name, EntryStat stat) throws IOException {
    if (!keepsNotes(level)) {
      return level.upper().xattr(name, Mark.MERGE_COPY.xattr(run.marks()));
    }
    return areNoted(level, stat)
        ? Optional.of(staging.directory().readSymlink(noteName(stat)))
        : Optional.empty();
  }

  /** Gives an existing copy another name; returns false if there is no copy. */
  boolean link(Level level, Name name, EntryStat stat) throws IOException {
    Optional<byte[]> mark = made(level, name, stat);
    if (mark.isEmpty()) {
      return false;
    }
    List<Name> path = names(mark.get());
    boolean[] linked = {false};
    try {
      Paths.in(
          lowerRoot,
          path.subList(0, path.size() - 1),
          directory -> linked[0] = link(directory, path.get(path.size() - 1), level, name, stat));
    } catch (NoSuchFileException | NotDirectoryException | AtomicMoveNotSupportedException e) {
      return false;
    }
    return linked[0];
  }

  private boolean link(LayerDirectory directory, Name copy, Level level, Name name, EntryStat stat)
      throws IOException {
    Optional<EntryStat> there = directory.stat(copy);
    if (there.isEmpty() || !isCopy(directory, copy, there.get(), level, name, stat)) {
      return false;
    }
    Optional<EntryStat> old = level.lower().stat(name);
    if (old.isPresent() && old.get().sameInode(there.get())) {
      return true;
    }
    if (old.isEmpty()) {
      run.changes().createLink(directory, copy, level.lower(), name);
    } else {
      // The upper's entry may be a metacopy that shows the data of the lower's until then.
      Staging place = level.crossing().staging(level, run, staging);
      Name link = place.next();
      run.changes().createLink(directory, copy, place.directory(), link);
      run.changes().rename(place.directory(), link, level.lower(), name);
    }
    return true;
  }

  /** Compares the copy with the entry, since the mark may be outdated. */
  private boolean isCopy(
      LayerDirectory directory, Name copy, EntryStat there, Level level, Name name, EntryStat stat)
      throws IOException {
    boolean alike =
        there.type() == stat.type()
            && there.size() == stat.size()
            && there.mode() == stat.mode()
            && there.owner() == stat.owner()
            && there.group() == stat.group()
            && there.modified().equals(stat.modified());
    if (!alike) {
      return false;
    }
    return switch (stat.type()) {
      case FILE -> hasData(directory, copy, level, name, stat);
      case SYMLINK -> Arrays.equals(directory.readSymlink(copy), level.upper().readSymlink(name));
      default -> true;
    };
  }

  private boolean hasData(
      LayerDirectory directory, Name copy, Level level, Name name, EntryStat stat)
      throws IOException {
    boolean[] same = {false};
    Hit compare =
        (layer, other, source, data) -> {
          try (InputStream one = directory.readFile(copy);
              InputStream two = other.readFile(source)) {
            same[0] = IOUtils.contentEquals(one, two);
          }
        };
    MarkNamespace marks = run.marks();
    if (level.upper().xattr(name, Mark.METACOPY.xattr(marks)).isPresent()) {
      LeafCopy.data(level, name, marks, compare);
    } else {
      compare.found(0, level.upper(), name, stat);
    }
    return same[0];
  }

  private static List<Name> names(byte[] path) {
    List<Name> names = new ArrayList<>();
    int start = 1;
    for (int i = 1; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        names.add(Name.of(Arrays.copyOfRange(path, start, i)));
        start = i + 1;
      }
    }
    return names;
  }
}
