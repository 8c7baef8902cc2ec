package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The directory beside a lower in which the next lower is made, and the former ones wait for their
 * removal: {@code LOWER.overlays-follow}. Only its owner may enter it. Whoever has this object is
 * the only one that works there, of all threads and processes.
 *
 * <p>In it are {@code images}, a layout; {@code next}, a whole tree that becomes the lower, and
 * {@code next.image}, the record of it; {@code lower.image}, the record of the lower; and {@code
 * old-1} and so on. Everything else is from a run that was killed.
 */
final class LowerPlace implements Closeable {
  static final String SUFFIX = ".overlays-follow";

  private static final String LOCK = "lock";
  private static final String IMAGES = "images";
  private static final String RECORD = "lower.image";
  private static final String NEXT_RECORD = "next.image";
  private static final Name NEXT = Name.of("next");

  /** A file lock does not exclude other threads of its process. */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path lower;
  private final Path directory;
  private final LayerDirectory parent;
  private final LayerDirectory inside;
  private final ReentrantLock threads;
  private final FileChannel lock;
  private final Name name;
  private final FormerLowers former;

  private LowerPlace(
      Path lower,
      Path directory,
      LayerDirectory parent,
      LayerDirectory inside,
      ReentrantLock threads,
      FileChannel lock) {
    this.lower = lower;
    this.directory = directory;
    this.parent = parent;
    this.inside = inside;
    this.threads = threads;
    this.lock = lock;
    this.name = nameOf(lower);
    this.former = new FormerLowers(directory, inside);
  }

  private static Name nameOf(Path path) {
    return Name.of(path.getFileName().toString());
  }

  /** Returns the directory of a lower, which need not exist; empty for the root of all. */
  static Optional<Path> directoryOf(Path lower) throws IOException {
    Path real = Files.exists(lower) ? lower.toRealPath() : lower.toAbsolutePath().normalize();
    return Optional.ofNullable(real.getFileName()).map(name -> real.resolveSibling(name + SUFFIX));
  }

  /** Opens the directory of a lower, and makes it if it is absent. */
  static LowerPlace open(Path lower) throws IOException {
    Path directory =
        directoryOf(lower)
            .orElseThrow(() -> new IOException("nothing can be beside a root: " + lower));
    Path real = directory.resolveSibling(nameWithoutSuffix(directory));
    ReentrantLock threads = LOCKS.computeIfAbsent(directory, path -> new ReentrantLock());
    if (threads.isHeldByCurrentThread() || !threads.tryLock()) {
      throw lockedException(directory);
    }
    List<Closeable> opened = new ArrayList<>();
    try {
      LayerDirectory parent = LayerStore.of(directory).open(directory.getParent());
      opened.add(parent);
      createMissing(parent, nameOf(directory));
      LayerDirectory inside = parent.open(nameOf(directory));
      opened.add(inside);
      Optional<EntryStat> before = inside.stat(Name.of(LOCK));
      FileChannel lock =
          FileChannel.open(
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      opened.add(lock);
      if (lock.tryLock() == null || !isCurrent(parent, inside, directory, before)) {
        throw lockedException(directory);
      }
      return new LowerPlace(real, directory, parent, inside, threads, lock);
    } catch (IOException | RuntimeException | Error e) {
      for (Closeable each : opened) {
        each.close();
      }
      threads.unlock();
      throw e;
    }
  }

  /** Whether nobody has removed the directory or the lock while this one waited for neither. */
  private static boolean isCurrent(
      LayerDirectory parent, LayerDirectory inside, Path directory, Optional<EntryStat> before)
      throws IOException {
    Optional<EntryStat> shown = parent.stat(nameOf(directory));
    Optional<EntryStat> lock = inside.stat(Name.of(LOCK));
    return shown.isPresent()
        && shown.get().inode() == LayerEntries.requireStat(inside, Name.SELF).inode()
        && lock.isPresent()
        && (before.isEmpty() || before.get().inode() == lock.get().inode());
  }

  private static String nameWithoutSuffix(Path directory) {
    String text = directory.getFileName().toString();
    return text.substring(0, text.length() - SUFFIX.length());
  }

  private static void createMissing(LayerDirectory parent, Name name) throws IOException {
    try {
      parent.createDirectory(name);
    } catch (FileAlreadyExistsException e) {
      // It is from an earlier run; whatever else it is the next step refuses.
      return;
    }
  }

  private static OverlayException lockedException(Path directory) {
    return new OverlayException(
        Problem.of(
            ProblemCode.LAYER_LOCKED,
            directory,
            "Another publish or follow of this lower is at work.",
            "Wait until it is done, and try again."));
  }

  Path images() {
    return directory.resolve(IMAGES);
  }

  /** Returns where something is made that the next run removes if this one is killed. */
  Path unfinished(String what) {
    return directory.resolve("unfinished-" + what);
  }

  /** Opens a directory that is made here. */
  LayerDirectory openUnfinished(String what) throws IOException {
    return inside.open(nameOf(unfinished(what)));
  }

  void removeUnfinished(String what) throws IOException {
    LayerEntries.removeTree(inside, nameOf(unfinished(what)));
  }

  private static Optional<String> identityOf(LayerDirectory directory, Name name)
      throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(stat.get().inode() + " " + directory.birthTime(name).orElse(null));
  }

  /** Returns the record that belongs to the lower; empty if it is of another directory. */
  Optional<LowerRecord> recordOfLower() throws IOException {
    Optional<String> identity = identityOf(parent, name);
    return LowerRecord.read(directory.resolve(RECORD))
        .filter(record -> identity.filter(record.identity()::equals).isPresent());
  }

  /** Records which image the lower holds. */
  void recordLower(String image, String base, String content) throws IOException {
    String identity = identityOf(parent, name).orElseThrow();
    new LowerRecord(image, base, identity, content).write(directory.resolve(RECORD));
    inside.syncFileSystem();
  }

  /** Records that the registry has the image of the lower. */
  void recordPublished() throws IOException {
    Optional<LowerRecord> record = recordOfLower();
    if (record.isPresent() && !record.get().isPublished()) {
      record.get().asPublished().write(directory.resolve(RECORD));
    }
  }

  boolean hasLower() throws IOException {
    return parent.stat(name).isPresent();
  }

  boolean isLowerEmpty() throws IOException {
    try (LayerDirectory opened = LayerStore.of(lower).open(lower)) {
      return opened.entries().next() == null;
    }
  }

  /** Refuses a lower whose name belongs to a mount, and leads to something else after a rename. */
  void requireReplaceable() throws IOException {
    try (LayerDirectory opened = parent.open(name)) {
      LayerEntries.requireStat(opened, Name.SELF);
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.CACHE_NOT_ACCESSIBLE,
                  lower,
                  "The lower cannot be replaced by a rename: " + e.getMessage() + ".",
                  "If a file system is mounted there, use a directory inside it as the lower.")),
          e);
    }
  }

  String fingerprintOfLower() throws IOException {
    try (LayerDirectory opened = LayerStore.of(lower).open(lower)) {
      return TreeFingerprint.of(opened);
    }
  }

  /**
   * Finishes a switch that was cut off, and removes what killed runs have left. Nothing that was
   * ever the lower is removed here.
   */
  void recover() throws IOException {
    Optional<LowerRecord> next = LowerRecord.read(directory.resolve(NEXT_RECORD));
    if (next.isPresent()) {
      if (!hasLower() && isAt(NEXT, next.get())) {
        inside.rename(NEXT, parent, name);
      }
      if (identityOf(parent, name).filter(next.get().identity()::equals).isPresent()) {
        finishSwitch();
      }
    }
    removeLeftovers();
  }

  private boolean isAt(Name place, LowerRecord record) throws IOException {
    return identityOf(inside, place).filter(record.identity()::equals).isPresent();
  }

  private void removeLeftovers() throws IOException {
    Optional<LowerRecord> next = LowerRecord.read(directory.resolve(NEXT_RECORD));
    boolean prepared = next.isPresent() && isAt(NEXT, next.get());
    if (!prepared) {
      Files.deleteIfExists(directory.resolve(NEXT_RECORD));
      if (inside.stat(NEXT).isPresent()) {
        // A copy of this directory from elsewhere, perhaps.
        inside.rename(NEXT, inside, former.freeName());
      }
    }
    Set<String> known = Set.of(LOCK, IMAGES, RECORD, NEXT_RECORD, NEXT.toString());
    List<Name> left = new ArrayList<>();
    EntryCursor entries = inside.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      String text = entry.name().toString();
      if (!known.contains(text) && !FormerLowers.isOne(text)) {
        left.add(entry.name());
      }
    }
    for (Name each : left) {
      LayerEntries.removeTree(inside, each);
    }
  }

  /** Returns the record of a next lower that is whole, if there is one. */
  Optional<LowerRecord> preparedRecord() throws IOException {
    return LowerRecord.read(directory.resolve(NEXT_RECORD));
  }

  void removePrepared() throws IOException {
    Files.deleteIfExists(directory.resolve(NEXT_RECORD));
    inside.syncFileSystem();
    if (inside.stat(NEXT).isPresent()) {
      Name gone = nameOf(unfinished("gone"));
      inside.rename(NEXT, inside, gone);
      LayerEntries.removeTree(inside, gone);
    }
  }

  /** Gives a tree that was made here its place and its record; it must be on the disk already. */
  void keepPrepared(String what, String image) throws IOException {
    Name made = nameOf(unfinished(what));
    String content;
    try (LayerDirectory opened = inside.open(made)) {
      content = TreeFingerprint.of(opened);
    }
    String identity = identityOf(inside, made).orElseThrow();
    new LowerRecord(image, image, identity, content).write(directory.resolve(NEXT_RECORD));
    inside.rename(made, inside, NEXT);
    inside.syncFileSystem();
  }

  /** Puts the next lower in the place of the lower, in one operation if the file system can. */
  void switchLower() throws IOException {
    if (!hasLower()) {
      inside.rename(NEXT, parent, name);
    } else {
      try {
        parent.exchange(name, inside, NEXT);
      } catch (AtomicMoveNotSupportedException e) {
        // Killed in between, there is no lower until the next follow; nothing can be mounted then.
        Name old = former.freeName();
        parent.rename(name, inside, old);
        try {
          inside.rename(NEXT, parent, name);
        } catch (IOException | RuntimeException | Error f) {
          inside.rename(old, parent, name);
          throw f;
        }
      }
    }
    parent.syncFileSystem();
    finishSwitch();
  }

  /** The former lower first: as long as the record of the next one is there, it is known. */
  private void finishSwitch() throws IOException {
    if (inside.stat(NEXT).isPresent()) {
      inside.rename(NEXT, inside, former.freeName());
    }
    inside.syncFileSystem();
    inside.rename(Name.of(NEXT_RECORD), inside, Name.of(RECORD));
    inside.syncFileSystem();
  }

  /** Removes the former lowers that no view uses any more; returns a notice for each that stays. */
  List<Problem> removeFormer(OverlaySpec cacheView) throws IOException {
    return former.removeUnused(cacheView, what -> nameOf(unfinished(what)));
  }

  Path directory() {
    return directory;
  }

  Path lower() {
    return lower;
  }

  @Override
  public void close() throws IOException {
    try (parent;
        inside;
        lock) {
      removeIfUnused();
    } finally {
      threads.unlock();
    }
  }

  /** A run that was refused leaves no directory; another one may wait for the lock in it. */
  private void removeIfUnused() throws IOException {
    EntryCursor entries = inside.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (!entry.name().toString().equals(LOCK)) {
        return;
      }
    }
    try {
      inside.remove(Name.of(LOCK));
      parent.removeDirectory(nameOf(directory));
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      // Another run has just begun.
      return;
    }
  }
}
