package dev.overlays.linux.boot;

import dev.overlays.linux.context.LayerPassing;
import dev.overlays.linux.syscall.NativeAccess;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What mount(8) and the kernel of this machine accept.
 *
 * @param takesLongValues whether a value may have more than 255 bytes, because mount(8) passes it
 *     by mount(2) (util-linux before 2.39; other implementations)
 * @param takesSingleLowers whether the kernel knows {@code lowerdir+}
 */
record MountSupport(boolean takesLongValues, boolean takesSingleLowers) {
  private static final Pattern VERSION = Pattern.compile("util-linux (\\d+)\\.(\\d+)");

  /** The first version that uses fsconfig(2). */
  private static final int MAJOR = 2;

  private static final int MINOR = 39;

  /**
   * Remembered only if the program could be run, since too many files may be open at the moment.
   */
  private static volatile Boolean longValuesHere;

  static MountSupport ofThisMachine() {
    return new MountSupport(takesLongValuesHere(), takesSingleLowersHere());
  }

  private static boolean takesLongValuesHere() {
    Boolean known = longValuesHere;
    if (known == null) {
      ProgramResult version = ProgramResult.run("mount", "--version");
      known = versionTakesLongValues(version.output());
      if (version.status() == 0) {
        longValuesHere = known;
      }
    }
    return known;
  }

  private static boolean takesSingleLowersHere() {
    if (NativeAccess.accessProblem().isPresent()) {
      return false;
    }
    LayerPassing channel = LayerPassing.ofThisKernel();
    return channel == LayerPassing.DESCRIPTORS || channel == LayerPassing.NAMES;
  }

  static boolean versionTakesLongValues(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.find()) {
      return true;
    }
    int major = Integer.parseInt(matcher.group(1));
    return major < MAJOR || (major == MAJOR && Integer.parseInt(matcher.group(2)) < MINOR);
  }
}
