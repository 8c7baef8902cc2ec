package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LookupVisitor;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.DirectoryPaths;
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
 * Keeps together in copies what is one inode with several names in the upper. A mark on that inode
 * says where its copy is, so nothing is kept in memory, and a run after a crash finds it.
 */
final class LinkedCopies {
  private final MergeRun run;
  private final LayerDirectory lowerRoot;
  private final StagingDirectory staging;
  private volatile boolean noted;

  /** The staging directory is on the lower's file system. */
  LinkedCopies(MergeRun run, LayerDirectory lowerRoot, StagingDirectory staging) {
    this.run = run;
    this.staging = staging;
    this.lowerRoot = lowerRoot;
  }

  /** Remembers that a copy has been made. */
  void rememberedCopy(MergeLevel level, Name name) throws IOException {
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (Name part : level.place().namesFromRoot(name)) {
      path.writeBytes(new byte[] {'/'});
      path.writeBytes(part.toBytes());
    }
    try {
      if (keepsNotes(level)) {
        noteCopy(LayerEntries.present(level.upper(), name), path.toByteArray());
      } else {
        run.changes().setMark(level.upper(), name, Mark.MERGE_COPY, path.toByteArray());
      }
    } catch (FileSystemException e) {
      // Marks in user.* can be on files and directories only: the next name gets a copy of its own.
    }
  }

  /**
   * Where only some directories get copies, a mark would come into the lower with a name of the
   * inode that is moved there; so links in the staging lead to the copies, for this run alone.
   */
  private boolean keepsNotes(MergeLevel level) {
    return level.copiesEntries() && !run.copiesEntries() && !run.copiesLinks();
  }

  private void noteCopy(EntryStat stat, byte[] path) throws IOException {
    LayerEntries.removeTree(staging.openDirectory(), noteName(stat));
    staging.openDirectory().createSymlink(noteName(stat), path);
    noted = true;
  }

  private static Name noteName(EntryStat stat) {
    return Name.of("copy-" + Long.toHexString(stat.device()) + "-" + stat.inode());
  }

  /** Whether there may be a copy of an inode, be this the last of its names. */
  boolean areNoted(MergeLevel level, EntryStat stat) throws IOException {
    return noted && keepsNotes(level) && staging.openDirectory().stat(noteName(stat)).isPresent();
  }

  private Optional<byte[]> rememberedCopy(MergeLevel level, Name name, EntryStat stat)
      throws IOException {
    if (!keepsNotes(level)) {
      return level.upper().xattr(name, Mark.MERGE_COPY.xattr(run.marks()));
    }
    return areNoted(level, stat)
        ? Optional.of(staging.openDirectory().readSymlink(noteName(stat)))
        : Optional.empty();
  }

  /** Gives the copy that has been made another name, if there is one. */
  boolean linkCopy(MergeLevel level, Name name, EntryStat stat) throws IOException {
    Optional<byte[]> mark = rememberedCopy(level, name, stat);
    if (mark.isEmpty()) {
      return false;
    }
    List<Name> path = parseNames(mark.get());
    boolean[] linked = {false};
    try {
      DirectoryPaths.openDirectory(
          lowerRoot,
          path.subList(0, path.size() - 1),
          directory ->
              linked[0] = linkCopy(directory, path.get(path.size() - 1), level, name, stat));
    } catch (NoSuchFileException | NotDirectoryException | AtomicMoveNotSupportedException e) {
      return false;
    }
    return linked[0];
  }

  private boolean linkCopy(
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
      // The upper's may be a metacopy, which shows the data that the lower has until then.
      StagingDirectory place = level.crossing().stagingOf(level, run, staging);
      Name link = place.nextName();
      run.changes().createLink(directory, copy, place.openDirectory(), link);
      run.changes().renameEntry(place.openDirectory(), link, level.lower(), name);
    }
    return true;
  }

  /** The mark may be older than what is there now, so that is compared. */
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
      case FILE -> hasData(directory, copy, level, name, stat);
      case SYMLINK -> Arrays.equals(directory.readSymlink(copy), level.upper().readSymlink(name));
      default -> true;
    };
  }

  private boolean hasData(
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
      compare.found(0, level.upper(), name, stat);
    }
    return same[0];
  }

  private static List<Name> parseNames(byte[] path) {
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
