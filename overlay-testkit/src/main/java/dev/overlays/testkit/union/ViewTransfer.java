package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Copies and moves within the view by the same sequence of calls as the JDK on Linux. */
final class ViewTransfer {
  private final ViewCalls calls;
  private final EntryDeletion deletion;

  ViewTransfer(ViewCalls calls) {
    this.calls = calls;
    deletion = new EntryDeletion(calls);
  }

  private static StartingPath spot(UnionPath path) {
    return new StartingPath(null, path.steps());
  }

  private EntryStat stat(UnionPath path, boolean follow) throws IOException {
    return new AttributeTarget(calls, spot(path), follow, path).stat();
  }

  void copy(UnionPath source, UnionPath target, CopyOption... options) throws IOException {
    List<CopyOption> all = checked("copied", options);
    if (all.contains(StandardCopyOption.ATOMIC_MOVE)) {
      throw new UnsupportedOperationException("Unsupported copy option");
    }
    EntryStat stat = stat(source, !all.contains(LinkOption.NOFOLLOW_LINKS));
    if (makeRoom(stat, target, all.contains(StandardCopyOption.REPLACE_EXISTING))) {
      copy(source, stat, target, all.contains(StandardCopyOption.COPY_ATTRIBUTES), false);
    }
  }

  void move(UnionPath source, UnionPath target, CopyOption... options) throws IOException {
    List<CopyOption> all = checked("moved", options);
    if (all.contains(StandardCopyOption.COPY_ATTRIBUTES)) {
      throw new UnsupportedOperationException("Unsupported copy option");
    }
    if (all.contains(StandardCopyOption.ATOMIC_MOVE)) {
      atomically(source, target);
      return;
    }
    EntryStat stat = stat(source, false);
    if (makeRoom(stat, target, all.contains(StandardCopyOption.REPLACE_EXISTING))) {
      try {
        calls.changes().rename(spot(source), spot(target));
      } catch (ErrnoException e) {
        if (e.errno() != ErrorNumber.EXDEV && e.errno() != ErrorNumber.EISDIR) {
          throw JdkExceptions.of(e, source, target);
        }
        byCopying(source, stat, target);
      } catch (IOException e) {
        throw JdkExceptions.of(e, source, target);
      }
    }
  }

  private static List<CopyOption> checked(String what, CopyOption... options) {
    for (CopyOption option : options) {
      Objects.requireNonNull(option, "option");
      if (!(option instanceof StandardCopyOption) && option != LinkOption.NOFOLLOW_LINKS) {
        throw new UnsupportedOperationException(option + ": nothing is " + what + " that way");
      }
    }
    return List.of(options);
  }

  private void atomically(UnionPath source, UnionPath target) throws IOException {
    try {
      calls.changes().rename(spot(source), spot(target));
    } catch (ErrnoException e) {
      if (e.errno() == ErrorNumber.EXDEV) {
        throw new AtomicMoveNotSupportedException(
            source.toString(), target.toString(), e.getMessage());
      }
      throw JdkExceptions.of(e, source, target);
    } catch (IOException e) {
      throw JdkExceptions.of(e, source, target);
    }
  }

  /**
   * Deletes the target if it is to be replaced; returns false if source and target are the same
   * file.
   */
  private boolean makeRoom(EntryStat source, UnionPath target, boolean replace) throws IOException {
    EntryStat old;
    try {
      old = calls.lookups().stat(spot(target), false);
    } catch (IOException e) {
      // If it is more than missing, the next call fails for the same reason.
      return true;
    }
    if (source.sameInode(old)) {
      return false;
    }
    if (!replace) {
      throw new FileAlreadyExistsException(target.toString());
    }
    deletion.any(spot(target), target);
    return true;
  }

  private void byCopying(UnionPath source, EntryStat stat, UnionPath target) throws IOException {
    if (stat.isDirectory() && !isEmpty(source)) {
      throw new DirectoryNotEmptyException(source.toString());
    }
    copy(source, stat, target, true, true);
    try {
      deletion.any(spot(source), source);
    } catch (IOException e) {
      try {
        deletion.any(spot(target), target);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private boolean isEmpty(UnionPath directory) throws IOException {
    UnionDirectory held = calls.lookups().hold(spot(directory), false);
    try {
      return calls.lookups().list(held).isEmpty();
    } finally {
      calls.tree().release(held);
    }
  }

  private void copy(
      UnionPath source, EntryStat stat, UnionPath target, boolean attributes, boolean moving)
      throws IOException {
    StartingPath to = spot(target);
    switch (stat.type()) {
      case FILE -> copyFile(source, stat, target);
      case DIRECTORY ->
          make(target, () -> calls.changes().createDirectory(to, FileModes.masked(stat.mode())));
      case SYMLINK -> {
        byte[] link = calls.lookups().readSymlink(spot(source));
        make(target, () -> calls.changes().createSymlink(to, link));
      }
      default ->
          make(target, () -> calls.changes().createNode(to, FileModes.masked(stat.mode()), stat));
    }
    if (attributes) {
      copyAttributes(source, stat, target, moving);
    }
  }

  @FunctionalInterface
  private interface TransferStep {
    void make() throws IOException;
  }

  private static void make(UnionPath path, TransferStep step) throws IOException {
    try {
      step.make();
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }

  private void copyFile(UnionPath source, EntryStat stat, UnionPath target) throws IOException {
    OpenFlags reading = OpenFlags.of(Set.of(StandardOpenOption.READ));
    OpenFlags writing =
        OpenFlags.of(Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
    int mode = FileModes.masked(stat.mode());
    try (FileChannel in = open(source, reading, 0);
        FileChannel out = open(target, writing, mode)) {
      long size = in.size();
      for (long done = 0; done < size; ) {
        long count = in.transferTo(done, size - done, out);
        if (count <= 0) {
          break;
        }
        done += count;
      }
    }
  }

  private FileChannel open(UnionPath path, OpenFlags flags, int mode) throws IOException {
    try {
      return calls.opening().open(spot(path), flags, mode, path);
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }

  /**
   * Copies the owner, the mode, extended attributes and times, in this order; of a link, only the
   * owner, and the times if it is moved.
   */
  private void copyAttributes(UnionPath source, EntryStat stat, UnionPath target, boolean moving)
      throws IOException {
    StartingPath to = spot(target);
    boolean link = stat.type() == EntryType.SYMLINK;
    make(
        target,
        () -> {
          calls.changes().setOwner(to, false, stat.owner(), stat.group());
          if (!link) {
            calls.changes().setMode(to, false, stat.mode());
            copyXattrs(source, to);
            calls.changes().setTimes(to, false, stat.accessed(), stat.modified());
          }
        });
    if (link && moving) {
      make(target, () -> calls.changes().setTimes(to, false, stat.accessed(), stat.modified()));
    }
  }

  private void copyXattrs(UnionPath source, StartingPath to) throws IOException {
    for (String xattr : calls.lookups().xattrs(spot(source), true)) {
      Optional<byte[]> value = calls.lookups().xattr(spot(source), true, xattr);
      if (value.isPresent()) {
        calls.changes().setXattr(to, false, xattr, value.get());
      }
    }
  }
}
