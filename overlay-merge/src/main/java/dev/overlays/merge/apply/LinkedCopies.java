package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LookupVisitor;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.DirectoryOpening;
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
  private final MergeRun run;
  private final LayerDirectory lowerRoot;
  private final StagingDirectory staging;
  private volatile boolean hasNotes;

  /** The staging directory is on the lower's file system. */
  LinkedCopies(MergeRun run, LayerDirectory lowerRoot, StagingDirectory staging) {
    this.run = run;
    this.staging = staging;
    this.lowerRoot = lowerRoot;
  }

  /** Records the place of a copy. */
  void recordCopy(MergeLevel level, Name name) throws IOException {
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (Name part : level.place().namesTo(name)) {
      path.writeBytes(new byte[] {'/'});
      path.writeBytes(part.toBytes());
    }
    try {
      if (keepsNotes(level)) {
        writeNote(LayerEntries.requireStat(level.upper(), name), path.toByteArray());
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
  private boolean keepsNotes(MergeLevel level) {
    return level.usesCopies() && !run.usesCopies() && !run.copiesLinks();
  }

  private void writeNote(EntryStat stat, byte[] path) throws IOException {
    LayerEntries.removeTree(staging.openDirectory(), noteName(stat));
    staging.openDirectory().createSymlink(noteName(stat), path);
    hasNotes = true;
  }

  private static Name noteName(EntryStat stat) {
    return Name.of("copy-" + Long.toHexString(stat.device()) + "-" + stat.inode());
  }

  /** Whether a note records a copy of an inode, even if this is its last name. */
  boolean isNoted(MergeLevel level, EntryStat stat) throws IOException {
    return hasNotes
        && keepsNotes(level)
        && staging.openDirectory().stat(noteName(stat)).isPresent();
  }

  private Optional<byte[]> findCopyPath(MergeLevel level, Name name, EntryStat stat)
      throws IOException {
    if (!keepsNotes(level)) {
      return level.upper().xattr(name, Mark.MERGE_COPY.xattr(run.marks()));
    }
    return isNoted(level, stat)
        ? Optional.of(staging.openDirectory().readSymlink(noteName(stat)))
        : Optional.empty();
  }

  /** Gives an existing copy another name; returns false if there is no copy. */
  boolean linkToCopy(MergeLevel level, Name name, EntryStat stat) throws IOException {
    Optional<byte[]> mark = findCopyPath(level, name, stat);
    if (mark.isEmpty()) {
      return false;
    }
    List<Name> path = parsePath(mark.get());
    if (path.isEmpty()) {
      return false;
    }
    boolean[] linked = {false};
    try {
      DirectoryOpening.runInDirectory(
          lowerRoot,
          path.subList(0, path.size() - 1),
          directory ->
              linked[0] = linkIfSame(directory, path.get(path.size() - 1), level, name, stat));
    } catch (NoSuchFileException | NotDirectoryException | AtomicMoveNotSupportedException e) {
      return false;
    }
    return linked[0];
  }

  private boolean linkIfSame(
      LayerDirectory directory, Name copy, MergeLevel level, Name name, EntryStat stat)
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
      StagingDirectory place = level.transfer().stagingFor(level, run, staging);
      Name link = place.nextName();
      run.changes().createLink(directory, copy, place.openDirectory(), link);
      run.changes().renameEntry(place.openDirectory(), link, level.lower(), name);
    }
    return true;
  }

  /** Compares the copy with the entry, since the mark may be outdated. */
  private boolean isCopy(
      LayerDirectory directory,
      Name copy,
      EntryStat there,
      MergeLevel level,
      Name name,
      EntryStat stat)
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
      case FILE -> hasSameData(directory, copy, level, name, stat);
      case SYMLINK -> Arrays.equals(directory.readSymlink(copy), level.upper().readSymlink(name));
      default -> true;
    };
  }

  private boolean hasSameData(
      LayerDirectory directory, Name copy, MergeLevel level, Name name, EntryStat stat)
      throws IOException {
    boolean[] same = {false};
    LookupVisitor compare =
        (layer, other, source, data) -> {
          try (InputStream one = directory.readFile(copy);
              InputStream two = other.readFile(source)) {
            same[0] = IOUtils.contentEquals(one, two);
          }
        };
    MarkNamespace marks = run.marks();
    if (level.upper().xattr(name, Mark.METACOPY.xattr(marks)).isPresent()) {
      LeafCopy.findData(level, name, marks, compare);
    } else {
      compare.visitFound(0, level.upper(), name, stat);
    }
    return same[0];
  }

  /** Returns the names of a path; none if no merge has written it. */
  private static List<Name> parsePath(byte[] path) {
    if (path.length == 0 || path[0] != '/') {
      return List.of();
    }
    List<Name> names = new ArrayList<>();
    int start = 1;
    try {
      for (int i = 1; i <= path.length; i++) {
        if (i == path.length || path[i] == '/') {
          names.add(Name.of(Arrays.copyOfRange(path, start, i)));
          start = i + 1;
        }
      }
    } catch (IllegalArgumentException e) {
      return List.of();
    }
    return names;
  }
}
