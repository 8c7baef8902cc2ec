package dev.overlays.linux.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Opens regular files and directories, and nothing else: opening a device may have effects, and
 * opening a pipe waits. So the type of an entry is checked before it is opened, and again
 * afterwards, in case it was replaced meanwhile.
 */
final class FileOpener {
  private static final int FLAGS = OpenFlags.NOFOLLOW | OpenFlags.NONBLOCK | OpenFlags.CLOEXEC;

  private static final byte[] NO_NAME = {};

  private final NativeDirectory owner;
  private final Descriptor directory;
  private final Name name;
  private final boolean directories;

  private FileOpener(NativeDirectory owner, Descriptor directory, Name name, boolean directories) {
    this.owner = owner;
    this.directory = directory;
    this.name = name;
    this.directories = directories;
  }

  /** Opens a regular file. */
  static Descriptor openFile(NativeDirectory owner, Descriptor directory, Name name, int access)
      throws IOException {
    return new FileOpener(owner, directory, name, false).open(access);
  }

  /**
   * Opens a regular file of a listing for reading: its type was read there, so it is only checked
   * afterwards.
   */
  static Descriptor openListedFile(NativeDirectory owner, Descriptor directory, Name name)
      throws IOException {
    FileOpener opener = new FileOpener(owner, directory, name, false);
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return opener.openChecked(scratch, scratch.putString(name), OpenFlags.RDONLY);
    }
  }

  /** Opens a regular file or a directory for reading. */
  static Descriptor openFileOrDirectory(NativeDirectory owner, Descriptor directory, Name name)
      throws IOException {
    return new FileOpener(owner, directory, name, true).open(OpenFlags.RDONLY);
  }

  /** Opens the file of a descriptor again as a channel of the JDK, through the magic link. */
  static FileChannel openChannel(Descriptor file, Supplier<String> path, boolean writable)
      throws IOException {
    Path link = Path.of(new String(file.magicLink(), StandardCharsets.US_ASCII));
    Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.READ);
    if (writable) {
      options.add(StandardOpenOption.WRITE);
    }
    try {
      return FileChannel.open(link, options);
    } catch (AccessDeniedException e) {
      throw FileSystemErrors.of(Errno.EACCES, path.get());
    } catch (FileSystemException e) {
      throw new FileSystemException(path.get(), null, e.getReason());
    }
  }

  private Descriptor open(int access) throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(name);
      checkOpened(scratch, directory, path);
      return openChecked(scratch, path, access);
    }
  }

  private Descriptor openChecked(ScratchMemory scratch, long path, int access) throws IOException {
    long number = directory.attemptOn(Syscall.OPENAT, path, access | FLAGS, 0, 0, 0);
    if (number == -Errno.EMFILE.number() && OpenDirectories.ALL.parkAll()) {
      number = directory.attemptOn(Syscall.OPENAT, path, access | FLAGS, 0, 0, 0);
    }
    Descriptor file = new Descriptor(owner.checkResult(number, name));
    try {
      checkOpened(scratch, file, scratch.putString(NO_NAME));
      return file;
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private void checkOpened(ScratchMemory scratch, Descriptor descriptor, long path)
      throws IOException {
    owner.checkResult(StatCall.callStatx(scratch, descriptor, path), name);
    EntryType type = StatCall.entryType(scratch, () -> owner.pathOf(name));
    if (type != EntryType.FILE && !(directories && type == EntryType.DIRECTORY)) {
      String wanted = directories ? "neither a regular file nor a directory" : "not a regular file";
      throw new FileSystemException(owner.pathOf(name), null, wanted);
    }
  }
}
