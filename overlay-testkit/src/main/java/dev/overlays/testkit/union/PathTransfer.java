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
final class PathTransfer {
  private final ViewCalls calls;
  private final PathDeleter deleter;

  PathTransfer(ViewCalls calls) {
    this.calls = calls;
    deleter = new PathDeleter(calls);
  }

  private static UnresolvedPath unresolvedPath(UnionPath path) {
    return new UnresolvedPath(null, path.nameBytes());
  }

  private EntryStat stat(UnionPath path, boolean follow) throws IOException {
    return new AttributeTarget(calls, unresolvedPath(path), follow, path).stat();
  }

  void copy(UnionPath source, UnionPath target, CopyOption... options) throws IOException {
    List<CopyOption> all = checkOptions("copied", options);
    if (all.contains(StandardCopyOption.ATOMIC_MOVE)) {
      throw new UnsupportedOperationException("Unsupported copy option");
    }
    EntryStat stat = stat(source, !all.contains(LinkOption.NOFOLLOW_LINKS));
    if (makeRoom(stat, target, all.contains(StandardCopyOption.REPLACE_EXISTING))) {
      copyByType(source, stat, target, all.contains(StandardCopyOption.COPY_ATTRIBUTES), false);
    }
  }

  void move(UnionPath source, UnionPath target, CopyOption... options) throws IOException {
    List<CopyOption> all = checkOptions("moved", options);
    if (all.contains(StandardCopyOption.COPY_ATTRIBUTES)) {
      throw new UnsupportedOperationException("Unsupported copy option");
    }
    if (all.contains(StandardCopyOption.ATOMIC_MOVE)) {
      moveAtomically(source, target);
      return;
    }
    EntryStat stat = stat(source, false);
    if (makeRoom(stat, target, all.contains(StandardCopyOption.REPLACE_EXISTING))) {
      try {
        calls.changes().rename(unresolvedPath(source), unresolvedPath(target));
      } catch (ErrnoException e) {
        if (e.errno() != ErrorNumber.EXDEV && e.errno() != ErrorNumber.EISDIR) {
          throw JdkExceptions.translateFailure(e, source, target);
        }
        moveByCopying(source, stat, target);
      } catch (IOException e) {
        throw JdkExceptions.translateFailure(e, source, target);
      }
    }
  }

  private static List<CopyOption> checkOptions(String what, CopyOption... options) {
    for (CopyOption option : options) {
      Objects.requireNonNull(option, "option");
      if (!(option instanceof StandardCopyOption) && option != LinkOption.NOFOLLOW_LINKS) {
        throw new UnsupportedOperationException(option + ": nothing is " + what + " that way");
      }
    }
    return List.of(options);
  }

  private void moveAtomically(UnionPath source, UnionPath target) throws IOException {
    try {
      calls.changes().rename(unresolvedPath(source), unresolvedPath(target));
    } catch (ErrnoException e) {
      if (e.errno() == ErrorNumber.EXDEV) {
        throw new AtomicMoveNotSupportedException(
            source.toString(), target.toString(), e.getMessage());
      }
      throw JdkExceptions.translateFailure(e, source, target);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, source, target);
    }
  }

  /**
   * Deletes the target if it is to be replaced; returns false if source and target are the same
   * file.
   */
  private boolean makeRoom(EntryStat source, UnionPath target, boolean replace) throws IOException {
    EntryStat old;
    try {
      old = calls.queries().stat(unresolvedPath(target), false);
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
    deleter.deleteEntry(unresolvedPath(target), target);
    return true;
  }

  private void moveByCopying(UnionPath source, EntryStat stat, UnionPath target)
      throws IOException {
    if (stat.isDirectory() && !isEmpty(source)) {
      throw new DirectoryNotEmptyException(source.toString());
    }
    copyByType(source, stat, target, true, true);
    try {
      deleter.deleteEntry(unresolvedPath(source), source);
    } catch (IOException e) {
      try {
        deleter.deleteEntry(unresolvedPath(target), target);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private boolean isEmpty(UnionPath directory) throws IOException {
    ViewDirectory held = calls.queries().holdDirectory(unresolvedPath(directory), false);
    try {
      return calls.queries().listEntries(held).isEmpty();
    } finally {
      calls.tree().releaseDirectory(held);
    }
  }

  private void copyByType(
      UnionPath source, EntryStat stat, UnionPath target, boolean attributes, boolean moving)
      throws IOException {
    UnresolvedPath to = unresolvedPath(target);
    switch (stat.type()) {
      case FILE -> copyFile(source, stat, target);
      case DIRECTORY ->
          translateFailures(
              target, () -> calls.changes().createDirectory(to, FileModes.applyUmask(stat.mode())));
      case SYMLINK -> {
        byte[] link = calls.queries().readSymlink(unresolvedPath(source));
        translateFailures(target, () -> calls.changes().createSymlink(to, link));
      }
      default ->
          translateFailures(
              target,
              () -> calls.changes().createNode(to, FileModes.applyUmask(stat.mode()), stat));
    }
    if (attributes) {
      copyAttributes(source, stat, target, moving);
    }
  }

  @FunctionalInterface
  private interface TransferStep {
    void make() throws IOException;
  }

  private static void translateFailures(UnionPath path, TransferStep step) throws IOException {
    try {
      step.make();
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path);
    }
  }

  private void copyFile(UnionPath source, EntryStat stat, UnionPath target) throws IOException {
    OpenChoices reading = OpenChoices.of(Set.of(StandardOpenOption.READ));
    OpenChoices writing =
        OpenChoices.of(Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
    int mode = FileModes.applyUmask(stat.mode());
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

  private FileChannel open(UnionPath path, OpenChoices flags, int mode) throws IOException {
    try {
      return calls.opener().open(unresolvedPath(path), flags, mode, path);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path);
    }
  }

  /**
   * Copies the owner, the mode, extended attributes and times, in this order; of a link, only the
   * owner, and the times if it is moved.
   */
  private void copyAttributes(UnionPath source, EntryStat stat, UnionPath target, boolean moving)
      throws IOException {
    UnresolvedPath to = unresolvedPath(target);
    boolean link = stat.type() == EntryType.SYMLINK;
    translateFailures(
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
      translateFailures(
          target, () -> calls.changes().setTimes(to, false, stat.accessed(), stat.modified()));
    }
  }

  private void copyXattrs(UnionPath source, UnresolvedPath to) throws IOException {
    for (String xattr : calls.queries().listXattrs(unresolvedPath(source), true)) {
      Optional<byte[]> value = calls.queries().readXattr(unresolvedPath(source), true, xattr);
      if (value.isPresent()) {
        calls.changes().setXattr(to, false, xattr, value.get());
      }
    }
  }
}
