package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.ScratchMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;

/**
 * Extended attributes of the entries of a directory, without following symbolic links. The calls
 * depend on the kernel.
 */
abstract class XattrCalls {
  /**
   * XATTR_SIZE_MAX and XATTR_LIST_MAX: everything fits into the scratch memory. Source: xattr(7).
   */
  private static final int LONGEST = ScratchMemory.DATA_SIZE;

  /** Attributes of root in the initial user namespace; source: xattr(7). */
  private static final String ROOTS_PREFIX = "trusted.";

  /** The size that is tried first: the kernel allocates the requested size for each call. */
  private static final int USUAL = 1 << 9;

  private volatile XattrNames lastListed = XattrNames.of(new byte[0]);

  /** Lists names into the data of the scratch; returns the length or the negative error number. */
  abstract long listRaw(ScratchMemory scratch, Descriptor directory, Name name, int size);

  /** Reads a value into the data of the scratch. */
  abstract long getRaw(
      ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr, int size);

  /** Sets a value from the data of the scratch. */
  abstract long setRaw(
      ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr, int size);

  /** Removes an attribute. */
  abstract long removeRaw(ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr);

  final List<String> listXattrs(Descriptor directory, Name name, NativeDirectory owner)
      throws IOException {
    byte[] bytes;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long length = listRaw(scratch, directory, name, USUAL);
      if (length == -Errno.ERANGE.number()) {
        length = listRaw(scratch, directory, name, LONGEST);
      }
      if (length == 0 || length == -Errno.EOPNOTSUPP.number()) {
        return List.of();
      }
      bytes = scratch.readData((int) owner.checkResult(length, name));
    }
    XattrNames names = lastListed;
    if (!names.areListedIn(bytes)) {
      names = XattrNames.of(bytes);
      lastListed = names;
    }
    return names.attributeNames();
  }

  final Optional<byte[]> getXattr(
      Descriptor directory, Name name, String xattr, NativeDirectory owner) throws IOException {
    byte[] key = bytesOf(xattr);
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long length = getRaw(scratch, directory, name, key, USUAL);
      if (length == -Errno.ERANGE.number()) {
        length = getRaw(scratch, directory, name, key, LONGEST);
      }
      if (isAbsent(length)) {
        return Optional.empty();
      }
      return Optional.of(scratch.readData((int) owner.checkResult(length, name)));
    }
  }

  final void setXattr(
      Descriptor directory, Name name, String xattr, byte[] value, NativeDirectory owner)
      throws IOException {
    if (value.length > LONGEST) {
      throw FileSystemErrors.of(Errno.ERANGE, owner + "/" + name);
    }
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      scratch.dataBuffer().put(value);
      long result = setRaw(scratch, directory, name, bytesOf(xattr), value.length);
      if (result < 0 && isTooLarge(Errno.of((int) -result), owner)) {
        throw new FileSystemException(
            owner.pathOf(name),
            null,
            "the attribute "
                + xattr
                + " of "
                + value.length
                + " bytes does not fit into the inode");
      }
      if (result == -Errno.EPERM.number() && xattr.startsWith(ROOTS_PREFIX)) {
        throw new AccessDeniedException(
            owner.pathOf(name),
            null,
            "only root (CAP_SYS_ADMIN) may set the attribute "
                + xattr
                + "; the layers of other users need the option userxattr");
      }
      owner.checkResult(result, name);
    }
  }

  /**
   * Whether the attribute does not fit: some file systems report ENOSPC when the block for
   * attributes is full.
   */
  private static boolean isTooLarge(Errno errno, NativeDirectory owner) throws IOException {
    return switch (errno) {
      case E2BIG, ERANGE -> true;
      case ENOSPC -> owner.freeSpace() > LONGEST;
      default -> false;
    };
  }

  final void removeXattr(Descriptor directory, Name name, String xattr, NativeDirectory owner)
      throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result = removeRaw(scratch, directory, name, bytesOf(xattr));
      if (!isAbsent(result)) {
        owner.checkResult(result, name);
      }
    }
  }

  private static boolean isAbsent(long result) {
    return result == -Errno.ENODATA.number() || result == -Errno.EOPNOTSUPP.number();
  }

  private static byte[] bytesOf(String xattr) {
    return xattr.getBytes(StandardCharsets.ISO_8859_1);
  }
}
