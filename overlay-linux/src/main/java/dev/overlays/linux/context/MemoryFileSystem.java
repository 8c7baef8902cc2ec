package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A file system of memory that is mounted nowhere: a tmpfs which is gone when its last user lets go
 * of it, at the latest with this process. Source: the kernel's Documentation/filesystems/tmpfs.rst.
 */
public final class MemoryFileSystem implements AutoCloseable {
  private static final int OWNER_ONLY = 0700;

  private final Descriptor root;

  private MemoryFileSystem(Descriptor root) {
    this.root = root;
  }

  /**
   * Makes a file system.
   *
   * @param limit the most bytes that files may have in it together, in whole pages; empty for half
   *     of the machine's memory
   * @return the file system, to be closed
   * @throws SyscallException if it cannot be made
   */
  public static MemoryFileSystem create(OptionalLong limit) throws SyscallException {
    try (MountContext context = MountContext.open("tmpfs")) {
      context.string("source", "overlays");
      context.string("mode", "0700");
      if (limit.isPresent()) {
        context.string("size", Long.toString(limit.getAsLong()));
      }
      context.create();
      return new MemoryFileSystem(context.mount(0).outOfTheWay());
    }
  }

  /**
   * Returns where this process and its children see it.
   *
   * @return a path by way of the descriptor
   */
  public Path path() {
    return root.pathOfDirectory();
  }

  /**
   * Tells whether this kernel takes layers from a file system that is mounted nowhere (about Linux
   * 6.15 and later), tried once.
   *
   * @return whether it does; true where this cannot be tried
   */
  public static boolean mayHoldLayers() {
    return Probed.MAY_HOLD_LAYERS;
  }

  private static final class Probed {
    static final boolean MAY_HOLD_LAYERS = probe();

    private static boolean probe() {
      try (MemoryFileSystem memory = create(OptionalLong.empty());
          Descriptor one = memory.directory("one");
          Descriptor other = memory.directory("other");
          MountContext context = MountContext.open()) {
        if (Channel.ofThisKernel() == Channel.DESCRIPTORS) {
          context.descriptor("lowerdir+", one);
          context.descriptor("lowerdir+", other);
        } else {
          context.string("lowerdir", name(one) + ":" + name(other));
        }
        context.create();
        return true;
      } catch (SyscallException e) {
        return e.errno() != Errno.EINVAL;
      }
    }

    private static String name(Descriptor directory) {
      return new String(directory.magicLink(), StandardCharsets.US_ASCII);
    }
  }

  private Descriptor directory(String name) throws SyscallException {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    Kernel.call(Syscall.MKDIRAT, root.number(), Scratch.get().string(bytes), OWNER_ONLY);
    return Descriptor.openAt(root.number(), bytes, Open.PATH | Open.DIRECTORY);
  }

  @Override
  public void close() {
    root.close();
  }
}
