package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.commons.io.IOUtils;

/** Whether two instances have put the same under a name. */
final class Sameness {
  private Sameness() {}

  /** Kind, owner, mode and content; when it was written does not matter. */
  static boolean areAlike(Version one, Version other, Name name) throws IOException {
    EntryStat a = one.stat();
    EntryStat b = other.stat();
    boolean alike = a.type() == b.type() && haveEqualOwners(a, b);
    return alike
        && (a.isDirectory()
            || haveEqualContent(one.instance().own(), a, other.instance().own(), b, name));
  }

  private static boolean haveEqualOwners(EntryStat a, EntryStat b) {
    return a.mode() == b.mode() && a.owner() == b.owner() && a.group() == b.group();
  }

  private static boolean haveEqualContent(
      LayerDirectory one, EntryStat a, LayerDirectory other, EntryStat b, Name name)
      throws IOException {
    return switch (a.type()) {
      case FILE -> {
        if (a.size() != b.size()) {
          yield false;
        }
        try (InputStream in = one.readFile(name);
            InputStream otherIn = other.readFile(name)) {
          yield IOUtils.contentEquals(in, otherIn);
        }
      }
      case SYMLINK -> Arrays.equals(one.readSymlink(name), other.readSymlink(name));
      default -> a.deviceMajor() == b.deviceMajor() && a.deviceMinor() == b.deviceMinor();
    };
  }
}
