package dev.overlays.linux.syscall;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** An open descriptor, closed once. */
public final class Descriptor implements AutoCloseable {
  private static final int PATH_SIZE = 4096;

  private final int number;
  private boolean closed;

  /**
   * Takes over an open descriptor.
   *
   * @param number its number
   */
  public Descriptor(long number) {
    this.number = (int) number;
  }

  /**
   * Opens a path; symbolic links are followed unless the flags say otherwise.
   *
   * @param path an absolute path
   * @param flags of {@link Open}; closing on exec is added
   * @return the descriptor
   * @throws SyscallException if it cannot be opened
   */
  public static Descriptor open(Path path, int flags) throws SyscallException {
    return openAt(Kernel.AT_FDCWD, PathBytes.of(path.toAbsolutePath()), flags);
  }

  /**
   * Opens what is below a directory.
   *
   * @param directory a descriptor
   * @param name the bytes of the name or relative path
   * @param flags of {@link Open}; closing on exec is added
   * @return the descriptor
   * @throws SyscallException if it cannot be opened
   */
  public static Descriptor openAt(int directory, byte[] name, int flags) throws SyscallException {
    long address = Scratch.get().string(name);
    return new Descriptor(Kernel.call(Syscall.OPENAT, directory, address, flags | Open.CLOEXEC, 0));
  }

  /**
   * Returns the number.
   *
   * @return the number, good until this is closed
   */
  public int number() {
    return number;
  }

  /**
   * Returns the magic link that leads where the descriptor does.
   *
   * @return the bytes of its name
   */
  public byte[] magicLink() {
    return ("/proc/self/fd/" + number).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns a path that leads where the descriptor of a directory does, for this process and its
   * children; also for what is mounted nowhere.
   *
   * @return an absolute path, good until this is closed
   */
  public Path pathOfDirectory() {
    // A magic link: without the dot a walk that does not follow links would stop at it.
    String pid = Long.toString(ProcessHandle.current().pid());
    return Path.of("/proc", pid, "fd", Integer.toString(number), ".");
  }

  /**
   * Returns where the descriptor leads, without symbolic links.
   *
   * @return an absolute path
   * @throws SyscallException if it cannot be told
   */
  public Path path() throws SyscallException {
    Scratch scratch = Scratch.get();
    long length =
        Kernel.call(
            Syscall.READLINKAT,
            Kernel.AT_FDCWD,
            scratch.string(magicLink()),
            scratch.data(),
            PATH_SIZE);
    byte[] path = new byte[(int) length];
    scratch.dataBuffer().get(path);
    return PathBytes.toPath(path);
  }

  /** Closes the descriptor; what close(2) says of earlier writes does not matter here. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Kernel.attempt(Syscall.CLOSE, number);
    }
  }
}
