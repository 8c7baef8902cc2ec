package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;

/** How this kernel takes the layers of a mount, best first. Probed, never told by its version. */
public enum Channel {
  /** Each by descriptor: any name of any length (about Linux 6.13 and later). */
  DESCRIPTORS,
  /** Each by name, up to 255 bytes (about 6.7 and later). */
  NAMES,
  /** All lowers in one string of up to 255 bytes (about 6.5 and later). */
  LIST,
  /** All in the data of mount(2), up to 4,095 bytes together. */
  DATA;

  private static final String UNKNOWN_OPTION = "overlays_probe";

  /**
   * Returns the best way, asked once.
   *
   * @return how this kernel takes layers
   */
  public static Channel ofThisKernel() {
    return Probed.BEST;
  }

  private static final class Probed {
    static final Channel BEST = probe();
  }

  private static Channel probe() {
    try (MountContext context = MountContext.open();
        Descriptor root = Descriptor.open(Path.of("/"), Open.PATH)) {
      // A context of the time before the overlay parsed options itself takes anything.
      if (takes(() -> context.string(UNKNOWN_OPTION, "on"))) {
        return DATA;
      }
      if (takes(() -> context.descriptor("lowerdir+", root))) {
        return DESCRIPTORS;
      }
      return takes(() -> context.string("lowerdir+", "/")) ? NAMES : LIST;
    } catch (SyscallException e) {
      return DATA;
    }
  }

  private interface Attempt {
    void run() throws SyscallException;
  }

  private static boolean takes(Attempt attempt) {
    try {
      attempt.run();
      return true;
    } catch (SyscallException e) {
      return false;
    }
  }
}
