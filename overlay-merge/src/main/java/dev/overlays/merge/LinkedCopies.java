package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
  private final Run run;
  private final LayerDirectory lowerRoot;

  LinkedCopies(Run run, LayerDirectory lowerRoot) {
    this.run = run;
    this.lowerRoot = lowerRoot;
  }

  /** Remembers that a copy has been made. */
  void made(Level level, Name name) throws IOException {
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (Name part : level.place().names(name)) {
      path.writeBytes(new byte[] {'/'});
      path.writeBytes(part.toBytes());
    }
    try {
      run.changes().setMark(level.upper(), name, Mark.MERGE_COPY, path.toByteArray());
    } catch (FileSystemException e) {
      // Marks in user.* can be on files and directories only: the next name gets a copy of its own.
    }
  }

  /** Gives the copy that has been made another name, if there is one. */
  boolean link(Level level, Name name, EntryStat stat) throws IOException {
    Optional<byte[]> mark = level.upper().xattr(name, Mark.MERGE_COPY.xattr(run.marks()));
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
    } catch (NoSuchFileException | NotDirectoryException e) {
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
    if (old.isPresent()) {
      run.changes().remove(level.lower(), name);
    }
    run.changes().createLink(directory, copy, level.lower(), name);
    return true;
  }

  /** The mark may be older than what is there now, so that is compared. */
  private static boolean isCopy(
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
      case FILE -> {
        try (InputStream one = directory.readFile(copy);
            InputStream other = level.upper().readFile(name)) {
          yield IOUtils.contentEquals(one, other);
        }
      }
      case SYMLINK -> Arrays.equals(directory.readSymlink(copy), level.upper().readSymlink(name));
      default -> true;
    };
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
