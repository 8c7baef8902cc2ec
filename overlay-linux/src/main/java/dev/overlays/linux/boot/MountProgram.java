package dev.overlays.linux.boot;

import dev.overlays.linux.context.LayerChannel;
import dev.overlays.linux.syscall.NativeAccess;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What mount(8) and the kernel of this machine can take, asked only for names too long for all.
 *
 * @param longValues whether a value may have more than 255 bytes, because it goes through mount(2)
 *     (util-linux before 2.39; other implementations)
 * @param lowersOneByOne whether the kernel knows {@code lowerdir+}
 */
record MountProgram(boolean longValues, boolean lowersOneByOne) {
  private static final Pattern VERSION = Pattern.compile("util-linux (\\d+)\\.(\\d+)");

  /** The first with fsconfig(2). */
  private static final int MAJOR = 2;

  private static final int MINOR = 39;

  /** Remembered only when it was told: too many files may be open at this moment. */
  private static volatile Boolean longValuesHere;

  static MountProgram ofThisMachine() {
    return new MountProgram(takesLongValuesHere(), knowsLowersOneByOne());
  }

  private static boolean takesLongValuesHere() {
    Boolean known = longValuesHere;
    if (known == null) {
      MachineCommand version = MachineCommand.run("mount", "--version");
      known = takesLongValues(version.output());
      if (version.status() == 0) {
        longValuesHere = known;
      }
    }
    return known;
  }

  private static boolean knowsLowersOneByOne() {
    if (NativeAccess.accessProblem().isPresent()) {
      return false;
    }
    LayerChannel channel = LayerChannel.ofThisKernel();
    return channel == LayerChannel.DESCRIPTORS || channel == LayerChannel.NAMES;
  }

  static boolean takesLongValues(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.find()) {
      return true;
    }
    int major = Integer.parseInt(matcher.group(1));
    return major < MAJOR || (major == MAJOR && Integer.parseInt(matcher.group(2)) < MINOR);
  }
}
