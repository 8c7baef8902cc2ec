package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.WorkerPool;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Walks through a layer. Keeps in memory only the inodes of which more names are expected. */
final class DiskUseWalk {
  private final WorkerPool workers;
  private final Map<InodeNumber, Long> namesToCome = new ConcurrentHashMap<>();
  private final LongAdder allocated = new LongAdder();
  private final LongAdder apparent = new LongAdder();
  private final LongAdder inodes = new LongAdder();
  private final LongAdder whiteouts = new LongAdder();

  private record InodeNumber(long device, long number) {}

  DiskUseWalk(WorkerPool workers) {
    this.workers = workers;
  }

  DiskUse measureLayer(LayerDirectory root) throws IOException {
    countInode(LayerEntries.requireStat(root, Name.SELF));
    workers.run(new DirectoryStep(null, Name.SELF, null, root));
    return new DiskUse(allocated.sum(), apparent.sum(), inodes.sum(), whiteouts.sum());
  }

  /** Counts the entries of a directory. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final EntryStat stat;
    private final DirectoryTasks directories = new DirectoryTasks(workers);
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean listed;

    /** The root has no parent here. It is open, and stays open. */
    DirectoryStep(LayerDirectory parent, Name name, EntryStat stat, LayerDirectory directory) {
      this.parent = parent;
      this.name = name;
      this.stat = stat;
      this.directory = directory;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      workers.throwIfFailed();
      if (listed) {
        return null;
      }
      try {
        return countListed();
      } catch (NoSuchFileException | NotDirectoryException e) {
        if (parent == null || parent.stat(name).filter(stat::sameInode).isPresent()) {
          throw e;
        }
        // The directory was removed meanwhile; others of it may wait, and be gone, too.
        listed = true;
        return directories;
      }
    }

    private TreeWalk.WalkStep countListed() throws IOException {
      if (entries == null) {
        directory = directory == null ? parent.open(name) : directory;
        entries = directory.entries();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        Optional<EntryStat> inner = directory.stat(entry.name());
        if (inner.isPresent() && isDirectory(directory, entry.name(), inner.get())) {
          Name inside = entry.name();
          TreeWalk.WalkStep next =
              directories.beginOrDefer(
                  entry, () -> new DirectoryStep(directory, inside, inner.get(), null));
          if (next != null) {
            return next;
          }
        }
      }
      listed = true;
      return directories;
    }

    @Override
    public void close() throws IOException {
      if (parent != null && directory != null) {
        directory.close();
      }
    }
  }

  /** Counts an entry, and returns whether it is a directory. */
  private boolean isDirectory(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    try {
      countEntry(directory, name, stat);
      return stat.isDirectory();
    } catch (NoSuchFileException | NotDirectoryException e) {
      if (directory.stat(name).filter(stat::sameInode).isPresent()) {
        throw e;
      }
      return false;
    }
  }

  private void countEntry(LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    if (isWhiteout(directory, name, stat)) {
      whiteouts.increment();
      if (isFirstName(stat)) {
        allocated.add(stat.allocated());
      }
    } else if (stat.isDirectory() || isFirstName(stat)) {
      countInode(stat);
    }
  }

  private void countInode(EntryStat stat) {
    inodes.increment();
    allocated.add(stat.allocated());
    if (stat.type() == EntryType.FILE || stat.type() == EntryType.SYMLINK) {
      apparent.add(stat.size());
    }
  }

  private boolean isFirstName(EntryStat stat) {
    if (stat.links() <= 1) {
      return true;
    }
    boolean[] first = {false};
    namesToCome.compute(
        new InodeNumber(stat.device(), stat.inode()),
        (inode, left) -> {
          first[0] = left == null;
          long rest = (left == null ? stat.links() : left) - 1;
          return rest == 0 ? null : Long.valueOf(rest);
        });
    return first[0];
  }

  /** Checks both namespaces, since it is unknown how the layer is mounted. */
  private static boolean isWhiteout(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    if (stat.type() != EntryType.FILE || stat.size() > 0) {
      return stat.isWhiteoutDevice();
    }
    List<String> xattrs = directory.xattrs(name);
    return xattrs.contains(Mark.WHITEOUT.xattr(MarkNamespace.TRUSTED))
        || xattrs.contains(Mark.WHITEOUT.xattr(MarkNamespace.USER));
  }
}
