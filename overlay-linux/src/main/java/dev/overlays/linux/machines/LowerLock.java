package dev.overlays.linux.machines;

import dev.overlays.linux.machines.LockFile.OpenedLockFile;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.LockFileCalls;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.RangeLock;
import dev.overlays.linux.syscall.RangeLock.LockedRange;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The locks of one holder in a {@link LockFile}. The first byte is for all: a view has a shared
 * lock on it, a merge the exclusive one. A view also has an exclusive lock on a byte of its own,
 * whose number is that of its {@linkplain HolderRecord record}: so a record without a lock is known
 * to be left over. The bytes are far behind the records, because on some servers a lock keeps
 * others from reading.
 */
final class LowerLock implements AutoCloseable {
  private static final long FIRST = 1L << 40;

  /** How many views of one lower there can be at a time, on all machines together. */
  private static final int SLOTS = 1 << 14;

  /**
   * GlusterFS shows about a second later what another machine has written, until then the former.
   */
  private static final Duration CACHED = Duration.ofMillis(1500);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Descriptor file;
  private final boolean writable;
  private final boolean owned;

  LowerLock(OpenedLockFile opened) {
    this(opened.file(), opened.writable(), true);
  }

  private LowerLock(Descriptor file, boolean writable, boolean owned) {
    this.file = file;
    this.writable = writable;
    this.owned = owned;
  }

  /** The locks that another process is going to hold, by a duplicate of its descriptor. */
  LowerLock throughDuplicate(Descriptor duplicate) {
    return new LowerLock(duplicate, writable, false);
  }

  boolean isWritable() {
    return writable;
  }

  Descriptor lockFile() {
    return file;
  }

  /** Holds the lower for a view; false if a merge has it. */
  boolean tryShare(HolderRecord holder) throws SyscallException {
    if (!RangeLock.tryShared(file, FIRST)) {
      return false;
    }
    if (writable) {
      for (int slot = 1; slot < SLOTS; slot++) {
        if (RangeLock.tryExclusive(file, FIRST + slot)) {
          writeRecord(slot, holder);
          return true;
        }
      }
    }
    return true;
  }

  /** Holds the lower for a change; false if anybody else has it. */
  boolean tryClaim(HolderRecord holder) throws SyscallException {
    if (!RangeLock.tryExclusive(file, FIRST)) {
      return false;
    }
    writeRecord(0, holder);
    return true;
  }

  /** The record is for people: without it the lock still holds. */
  private void writeRecord(int slot, HolderRecord holder) throws SyscallException {
    try {
      LockFileCalls.writeAt(file, (long) slot * HolderRecord.SIZE, holder.toBytes());
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOSPC && e.errno() != Errno.EDQUOT) {
        throw e;
      }
    }
  }

  boolean isClaimed() throws SyscallException {
    return RangeLock.isExclusive(file, FIRST);
  }

  /**
   * Whether the server still knows the exclusive lock that {@link #tryClaim} has taken. Another
   * open file description asks first: GlusterFS loses locks with a connection, and grants one that
   * is asked for again, so that it would seem to have been there all the time. The NFS client
   * answers that question by itself, and hears of a lost lock from the server.
   */
  boolean isStillClaimed() throws SyscallException {
    try (Descriptor other = Descriptor.open(file.magicLink(), OpenFlags.RDONLY)) {
      return RangeLock.isExclusive(other, FIRST) && RangeLock.tryExclusive(file, FIRST);
    }
  }

  /** Whether another holder has it, for whatever. */
  boolean isHeld() throws SyscallException {
    return RangeLock.findLock(file, FIRST, 1).isPresent();
  }

  /** Returns the other holders that have left a record, of whatever machine. */
  List<HolderRecord> listHolders() throws IOException {
    if (FileSystemInfo.of(file).magic() == FileSystemInfo.FUSE && isHeld()) {
      pauseFor(CACHED);
    }
    return listKnownHolders();
  }

  /** The same without a wait for what other machines have written a moment ago. */
  List<HolderRecord> listKnownHolders() throws IOException {
    List<Long> slots = new ArrayList<>();
    if (isClaimed()) {
      slots.add(0L);
    }
    addLocked(FIRST + 1, FIRST + SLOTS, slots);
    return slots.isEmpty() ? List.of() : readRecords(slots);
  }

  /** The size of the file says nothing about the slots: another machine may see an older one. */
  private void addLocked(long start, long end, List<Long> slots) throws SyscallException {
    if (start >= end) {
      return;
    }
    Optional<LockedRange> found = RangeLock.findLock(file, start, end - start);
    if (found.isPresent()) {
      long first = Math.max(start, found.get().start());
      long next = Math.min(end, found.get().start() + found.get().length());
      addLocked(start, first, slots);
      for (long slot = first; slot < next; slot++) {
        slots.add(slot - FIRST);
      }
      addLocked(next, end, slots);
    }
  }

  private List<HolderRecord> readRecords(List<Long> slots) throws IOException {
    long start = System.nanoTime();
    while (true) {
      List<HolderRecord> records = readOnce(slots);
      boolean waited = System.nanoTime() - start > CACHED.toNanos();
      if (records.size() == slots.size() || waited || !pauseFor(BETWEEN_LOOKS)) {
        return records;
      }
    }
  }

  private static boolean pauseFor(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<HolderRecord> readOnce(List<Long> slots) throws IOException {
    // Opened again, because network file systems refresh what they have cached then.
    Path link = Path.of(new String(file.magicLink(), StandardCharsets.US_ASCII));
    byte[] all = Files.readAllBytes(link);
    List<HolderRecord> records = new ArrayList<>();
    for (long slot : slots) {
      int begin = (int) slot * HolderRecord.SIZE;
      if (begin + HolderRecord.SIZE <= all.length) {
        HolderRecord.parse(Arrays.copyOfRange(all, begin, begin + HolderRecord.SIZE))
            .ifPresent(records::add);
      }
    }
    return records;
  }

  /** Releases what this process holds; a duplicate is only given back. */
  @Override
  public void close() {
    if (owned) {
      RangeLock.releaseAll(file);
    }
    file.close();
  }
}
