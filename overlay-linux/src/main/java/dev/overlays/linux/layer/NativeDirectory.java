package dev.overlays.linux.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.layer.UnnamedFile;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A directory of a layer, accessed by its descriptor. {@link Name#SELF} is {@code .}, which every
 * call accepts.
 */
final class NativeDirectory implements LayerDirectory {
  private static final int SYMLINK_NOFOLLOW = 0x100;
  private static final int REMOVE_DIRECTORY = 0x200;

  /** Source: linux/fs.h. */
  private static final int RENAME_EXCHANGE = 2;

  private static final int OWNER_ONLY_FILE = 0600;
  private static final int OWNER_ONLY_DIRECTORY = 0700;
  private static final int PERMISSIONS = 0777;
  private static final int LONGEST_LINK = 4096;

  private static final byte[] NO_NAME = {};

  /** The calls that this kernel has, probed once. */
  private static final XattrCalls XATTRS =
      XattrAtCalls.areAvailable() ? new XattrAtCalls() : new XattrPathCalls();

  private static final boolean FCHMODAT2 = CallProbe.mayUse(Syscall.FCHMODAT2);

  private final DirectoryDescriptor descriptor;
  private final NativeDirectory parent;
  private final String label;

  /** The device of which files cannot share blocks with those that are created here. */
  private volatile long foreignDevice = -1;

  private NativeDirectory(DirectoryDescriptor descriptor, NativeDirectory parent, String label) {
    this.descriptor = descriptor;
    this.parent = parent;
    this.label = label;
  }

  static NativeDirectory rootOf(Descriptor descriptor, Path path) {
    DirectoryDescriptor root = DirectoryDescriptor.rootOf(descriptor.number());
    return new NativeDirectory(root, null, path.toString());
  }

  @Override
  public EntryCursor entries() throws IOException {
    return NativeCursor.startListing(descriptor, this::toString);
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      // The status of the open directory itself needs no search permission.
      long path = name.equals(Name.SELF) ? scratch.putString(NO_NAME) : scratch.putString(name);
      long result = StatCall.callStatx(scratch, descriptor, path);
      if (result == -Errno.ENOENT.number() || result == -Errno.ENAMETOOLONG.number()) {
        // A name that the file system does not accept does not exist.
        return Optional.empty();
      }
      checkResult(result, name);
      return Optional.of(StatCall.entryStat(scratch, () -> pathOf(name)));
    }
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    OpenDirectories.ALL.makeRoom();
    long number = DirectoryOpener.open(descriptor, name);
    if (number == -Errno.EMFILE.number() && OpenDirectories.ALL.parkAll()) {
      number = DirectoryOpener.open(descriptor, name);
    }
    if (number == -Errno.ELOOP.number()) {
      throw FileSystemErrors.of(Errno.ENOTDIR, pathOf(name));
    }
    if (number == -Errno.EXDEV.number()) {
      throw new FileSystemException(pathOf(name), null, "another file system is mounted here");
    }
    DirectoryDescriptor opened = descriptor.adoptChild(name, checkResult(number, name));
    return new NativeDirectory(opened, this, name.toString());
  }

  @Override
  public void createDirectory(Name name) throws IOException {
    callOrThrow(name, Syscall.MKDIRAT, OWNER_ONLY_DIRECTORY, 0);
  }

  @Override
  public OutputStream createFile(Name name) throws IOException {
    return new DescriptorOutputStream(createNew(name, OWNER_ONLY_FILE), () -> pathOf(name));
  }

  private Descriptor createNew(Name name, int mode) throws IOException {
    int flags = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.CLOEXEC;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(name);
      long number = descriptor.attemptOn(Syscall.OPENAT, path, flags, mode, 0, 0);
      if (number == -Errno.EMFILE.number() && OpenDirectories.ALL.parkAll()) {
        number = descriptor.attemptOn(Syscall.OPENAT, path, flags, mode, 0, 0);
      }
      return new Descriptor(checkResult(number, name));
    }
  }

  @Override
  public void createSymlink(Name name, byte[] target) throws IOException {
    checkResult(descriptor.holdOrErrno(), name);
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long value = scratch.putSecondString(target);
      long path = scratch.putString(name);
      checkResult(Kernel.attempt(Syscall.SYMLINKAT, value, descriptor.number(), path), name);
    } finally {
      descriptor.releaseUse();
    }
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor)
      throws IOException {
    long device =
        (deviceMinor & 0xffL) | ((long) deviceMajor << 8) | ((deviceMinor & ~0xffL) << 12);
    callOrThrow(name, Syscall.MKNODAT, EntryTypeBits.of(type) | OWNER_ONLY_FILE, device);
  }

  @Override
  public void createWhiteout(Name name) throws IOException {
    callOrThrow(name, Syscall.MKNODAT, EntryTypeBits.of(EntryType.CHARACTER_DEVICE), 0);
  }

  @Override
  public void createLink(Name name, LayerDirectory target, Name newName) throws IOException {
    callWithTarget(Syscall.LINKAT, name, target, newName);
  }

  @Override
  public void rename(Name name, LayerDirectory target, Name newName) throws IOException {
    callWithTarget(Syscall.RENAMEAT, name, target, newName);
  }

  @Override
  public void exchange(Name name, LayerDirectory target, Name otherName) throws IOException {
    long result = attemptWithTarget(Syscall.RENAMEAT2, name, target, otherName, RENAME_EXCHANGE);
    // Not every file system knows the flag, and not every kernel or sandbox the call.
    if (result == -Errno.EINVAL.number()
        || (Errno.isUnavailable(result) && !CallProbe.mayUse(Syscall.RENAMEAT2))) {
      throw new AtomicMoveNotSupportedException(
          pathOf(name), requireNative(target).pathOf(otherName), Errno.of((int) -result).text());
    }
    throwIfFailed(result, name, requireNative(target), otherName);
  }

  private static NativeDirectory requireNative(LayerDirectory target) {
    if (target instanceof NativeDirectory directory) {
      return directory;
    }
    throw new IllegalArgumentException(target + " is of another store");
  }

  private void callWithTarget(Syscall call, Name name, LayerDirectory target, Name newName)
      throws IOException {
    throwIfFailed(
        attemptWithTarget(call, name, target, newName, 0), name, requireNative(target), newName);
  }

  private long attemptWithTarget(
      Syscall call, Name name, LayerDirectory target, Name newName, int flags) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(name);
      long newPath = scratch.putSecondString(newName);
      return descriptor.attemptOn(call, path, requireNative(target).descriptor, newPath, flags, 0);
    }
  }

  private void throwIfFailed(long result, Name name, NativeDirectory other, Name newName)
      throws IOException {
    if (result < 0) {
      Errno errno = Errno.of((int) -result);
      throw switch (errno) {
        case EBADF ->
            FileSystemErrors.of(
                errno, descriptor.isClosed() ? pathOf(name) : other.pathOf(newName));
        case EEXIST, ENOTEMPTY, ENOTDIR -> FileSystemErrors.of(errno, other.pathOf(newName));
        case ENOENT, EACCES, EPERM -> FileSystemErrors.of(errno, pathOf(name));
        case EXDEV ->
            new AtomicMoveNotSupportedException(pathOf(name), other.pathOf(newName), errno.text());
        default -> new FileSystemException(pathOf(name), other.pathOf(newName), errno.text());
      };
    }
  }

  @Override
  public void remove(Name name) throws IOException {
    callOrThrow(name, Syscall.UNLINKAT, 0, 0);
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    callOrThrow(name, Syscall.UNLINKAT, REMOVE_DIRECTORY, 0);
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    return new DescriptorInputStream(
        FileOpener.openFile(this, descriptor, name, OpenFlags.RDONLY), () -> pathOf(name));
  }

  @Override
  public int readStart(Name name, EntryStat stat, byte[] bytes, int offset, int length)
      throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory();
        Descriptor file = openKnown(name, stat)) {
      int done = 0;
      while (done < length) {
        int most = Math.min(length - done, ScratchMemory.DATA_SIZE);
        long count = file.attemptOn(Syscall.READ, scratch.dataPointer(), most, 0, 0, 0);
        checkResult(count, name);
        scratch.dataBuffer().get(bytes, offset + done, (int) count);
        done += (int) count;
        // A read that ends where the file was to end has reached its end.
        if (count == 0 || (count < most && done == stat.size())) {
          break;
        }
      }
      return done;
    }
  }

  /** Opens a file of which the type was read before. */
  private Descriptor openKnown(Name name, EntryStat stat) throws IOException {
    return stat.type() == EntryType.FILE
        ? FileOpener.openListedFile(this, descriptor, name)
        : FileOpener.openFile(this, descriptor, name, OpenFlags.RDONLY);
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    try (Descriptor file = FileOpener.openFile(this, descriptor, name, OpenFlags.RDONLY)) {
      return FileOpener.openChannel(file, () -> pathOf(name), writable);
    }
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    NativeDirectory other = requireNative(target);
    if (descriptor.isClosed()) {
      throw FileSystemErrors.of(Errno.EBADF, pathOf(name));
    }
    EntryStat before = LayerEntries.requireStat(other, newName);
    try (Descriptor from = FileOpener.openFile(this, descriptor, name, OpenFlags.RDONLY);
        Descriptor to = FileOpener.openFile(other, other.descriptor, newName, OpenFlags.WRONLY)) {
      new DataCopy(from, to).replaceData(() -> pathOf(name), () -> other.pathOf(newName));
    }
    other.setTimes(newName, before.accessed(), before.modified());
  }

  @Override
  public void copyFile(Name name, EntryStat stat, LayerDirectory target, Name newName, int mode)
      throws IOException {
    NativeDirectory other = requireNative(target);
    try (Descriptor from = openKnown(name, stat)) {
      copyOpened(from, name, stat, other, newName, mode);
    }
  }

  @Override
  public EntryStat copyFile(Name name, LayerDirectory target, Name newName) throws IOException {
    NativeDirectory other = requireNative(target);
    try (ScratchMemory scratch = ScratchMemory.borrowMemory();
        Descriptor from = FileOpener.openListedFile(this, descriptor, name)) {
      // The check of what was opened has read all of it.
      EntryStat stat = StatCall.entryStat(scratch, () -> pathOf(name));
      copyOpened(from, name, stat, other, newName, stat.mode());
      return stat;
    }
  }

  private void copyOpened(
      Descriptor from, Name name, EntryStat stat, NativeDirectory other, Name newName, int mode)
      throws IOException {
    boolean shares = other.foreignDevice != stat.device();
    try (Descriptor to = other.createNew(newName, mode & PERMISSIONS)) {
      try {
        DataCopy copy = new DataCopy(from, to);
        copy.fillNewFile(stat, shares, () -> pathOf(name), () -> other.pathOf(newName));
        if (copy.cannotShare()) {
          other.foreignDevice = stat.device();
        }
      } catch (IOException | RuntimeException | Error e) {
        try {
          other.remove(newName);
        } catch (IOException f) {
          e.addSuppressed(f);
        }
        throw e;
      }
    }
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(name);
      long length =
          descriptor.attemptOn(Syscall.READLINKAT, path, scratch.dataPointer(), LONGEST_LINK, 0, 0);
      return scratch.readData((int) checkResult(length, name));
    }
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    return XATTRS.listXattrs(descriptor, name, this);
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    return XATTRS.getXattr(descriptor, name, xattr, this);
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    XATTRS.setXattr(descriptor, name, xattr, value, this);
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    XATTRS.removeXattr(descriptor, name, xattr, this);
  }

  /**
   * Inside a user namespace, a file cannot be given to an owner that the namespace does not map.
   */
  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    long result = attemptCall(name, Syscall.FCHOWNAT, owner, group, SYMLINK_NOFOLLOW);
    if (result < 0 && Errno.of((int) -result) == Errno.EINVAL) {
      throw new AccessDeniedException(pathOf(name), null, "no such owner in this user namespace");
    }
    checkResult(result, name);
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    if (name.equals(Name.SELF)) {
      checkResult(descriptor.attemptOn(Syscall.FCHMOD, mode), name);
      return;
    }
    if (FCHMODAT2) {
      callOrThrow(name, Syscall.FCHMODAT2, mode, SYMLINK_NOFOLLOW);
      return;
    }
    // Before Linux 6.6: through the magic link of a descriptor that was opened without following
    // links.
    int flags = OpenFlags.PATH | OpenFlags.NOFOLLOW | OpenFlags.CLOEXEC;
    long number = attemptCall(name, Syscall.OPENAT, flags, 0, 0);
    try (Descriptor place = new Descriptor(checkResult(number, name));
        ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long link = scratch.putString(place.magicLink());
      checkResult(Kernel.attempt(Syscall.FCHMODAT, Kernel.AT_FDCWD, link, mode), name);
    }
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long times =
          scratch.fillStruct(
              accessed.getEpochSecond(),
              accessed.getNano(),
              modified.getEpochSecond(),
              modified.getNano());
      callOrThrow(name, Syscall.UTIMENSAT, times, SYMLINK_NOFOLLOW);
    }
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    try (Descriptor file = FileOpener.openFileOrDirectory(this, descriptor, name)) {
      checkResult(InodeFlags.setFlags(file, immutable, appendOnly), name);
    }
  }

  @Override
  public void syncFile(Name name) throws IOException {
    try (Descriptor file = FileOpener.openFileOrDirectory(this, descriptor, name)) {
      checkResult(file.attemptOn(Syscall.FSYNC), name);
    }
  }

  @Override
  public void syncFileSystem() throws IOException {
    long result = descriptor.attemptOn(Syscall.SYNCFS);
    if (Errno.isUnavailable(result)) {
      // The call is unavailable. sync(2) writes all file systems and reports no errors; fsync(2)
      // reports some.
      Kernel.attempt(Syscall.SYNC);
      result = descriptor.attemptOn(Syscall.FSYNC);
    }
    checkResult(result, Name.SELF);
  }

  @Override
  public long freeSpace() throws IOException {
    try {
      return FileSystemInfo.freeSpace(descriptor);
    } catch (SyscallException e) {
      throw FileSystemErrors.of(e.errno(), toString());
    }
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    return LayerFileHandle.of(this, descriptor, name);
  }

  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      checkResult(StatCall.callStatx(scratch, descriptor, scratch.putString(name)), name);
      return StatCall.birthTime(scratch);
    }
  }

  @Override
  public boolean canMoveFrom(LayerDirectory source) throws IOException {
    boolean same =
        LayerEntries.requireStat(this, Name.SELF).device()
            == LayerEntries.requireStat(source, Name.SELF).device();
    // A converted layer, as a dry run reads it, has no project ID to compare.
    return same
        && (!(source instanceof NativeDirectory other)
            || ProjectId.mayTake(descriptor, other.descriptor));
  }

  @Override
  public Optional<UnnamedFile> createUnnamed() throws IOException {
    return NativeUnnamedFile.createIn(descriptor, toString());
  }

  private void callOrThrow(Name name, Syscall call, long third, long fourth) throws IOException {
    checkResult(attemptCall(name, call, third, fourth, 0), name);
  }

  private long attemptCall(Name name, Syscall call, long third, long fourth, long fifth) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return descriptor.attemptOn(call, scratch.putString(name), third, fourth, fifth, 0);
    }
  }

  long checkResult(long result, Name name) throws IOException {
    if (result < 0) {
      throw FileSystemErrors.of(Errno.of((int) -result), pathOf(name));
    }
    return result;
  }

  String pathOf(Name name) {
    return name.equals(Name.SELF) ? toString() : this + "/" + name;
  }

  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    Deque<String> labels = new ArrayDeque<>();
    for (NativeDirectory next = this; next != null; next = next.parent) {
      labels.push(next.label);
    }
    return String.join("/", labels);
  }
}
