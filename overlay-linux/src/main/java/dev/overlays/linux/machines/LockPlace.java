package dev.overlays.linux.machines;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The directory of a file system that holds a lower, in which its lock file is. If the lower is the
 * root of a bind mount, that directory is looked for in the other mounts of the file system: all
 * who use the lower have to find the same file.
 */
final class LockPlace implements AutoCloseable {
  private static final String SUFFIX = ".overlays-lock";
  private static final byte[] PARENT = {'.', '.'};

  private final Descriptor parent;
  private final byte[] lower;

  private LockPlace(Descriptor parent, byte[] lower) {
    this.parent = parent;
    this.lower = lower;
  }

  /**
   * Finds the place beside a lower.
   *
   * @throws UnplacedLockException if there is none, or this process does not see it
   */
  static LockPlace of(Descriptor lower) throws SyscallException, UnplacedLockException {
    FileId id = FileId.of(lower);
    if (id.mountRoot()) {
      return findElsewhere(id)
          .orElseThrow(
              () ->
                  new UnplacedLockException(
                      "it is the root of a mount, and this process sees no mount of the directory"
                          + " that holds it, where the lock file belongs"));
    }
    Path path = lower.targetPath();
    if (path.getFileName() == null) {
      throw new UnplacedLockException("it is the root of the machine");
    }
    Descriptor parent = lower.openAt(PARENT, OpenFlags.PATH | OpenFlags.DIRECTORY);
    return placeIn(parent, path, id)
        .orElseThrow(() -> new UnplacedLockException("it was renamed or removed a moment ago"));
  }

  /** Only the mounts of this process are asked: a container sees none but what it was given. */
  private static Optional<LockPlace> findElsewhere(FileId id) throws UnplacedLockException {
    try {
      Optional<MountRecord> own = MountTable.findMount(id);
      if (own.isEmpty() || own.get().root().getParent() == null) {
        return Optional.empty();
      }
      Path lower = own.get().root();
      for (MountRecord mount : MountTable.ofThisProcess()) {
        boolean holds = lower.getParent().startsWith(mount.root());
        if (holds && mount.device().equals(own.get().device())) {
          Path there = mount.mountPoint().resolve(mount.root().relativize(lower));
          Optional<LockPlace> place = openPlace(there, id);
          if (place.isPresent()) {
            return place;
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UnplacedLockException("the mounts cannot be listed: " + e.getMessage());
    }
  }

  private static Optional<LockPlace> openPlace(Path path, FileId id) {
    try {
      Descriptor parent = Descriptor.open(path.getParent(), OpenFlags.PATH | OpenFlags.DIRECTORY);
      return placeIn(parent, path, id);
    } catch (SyscallException e) {
      // The mount is covered by another one, or this process may not search it.
      return Optional.empty();
    }
  }

  /** Takes over the descriptor. */
  private static Optional<LockPlace> placeIn(Descriptor parent, Path path, FileId id) {
    LockPlace place = new LockPlace(parent, PathBytes.of(path.getFileName()));
    if (place.isThere(place.lower, id)) {
      return Optional.of(place);
    }
    place.close();
    return Optional.empty();
  }

  /** The open directory. */
  Descriptor parent() {
    return parent;
  }

  /** Whether a name leads to a file. */
  boolean isThere(byte[] name, FileId id) {
    try {
      return FileId.idAt(parent, name).isSameFile(id);
    } catch (SyscallException e) {
      return false;
    }
  }

  /** The name of the lock file. */
  byte[] fileName() {
    byte[] suffix = SUFFIX.getBytes(StandardCharsets.US_ASCII);
    byte[] file = Arrays.copyOf(new byte[] {'.'}, 1 + lower.length + suffix.length);
    System.arraycopy(lower, 0, file, 1, lower.length);
    System.arraycopy(suffix, 0, file, 1 + lower.length, suffix.length);
    return file;
  }

  @Override
  public void close() {
    parent.close();
  }
}
