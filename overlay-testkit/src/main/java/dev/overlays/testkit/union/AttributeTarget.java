package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/**
 * An entry whose attributes are looked at or changed.
 *
 * @param calls how
 * @param spot where it is
 * @param follow whether a link at the end of the path leads on
 * @param path how the caller names it
 */
record AttributeTarget(ViewCalls calls, StartingPath spot, boolean follow, Path path) {

  static boolean follows(LinkOption... options) {
    boolean follow = true;
    for (LinkOption option : options) {
      follow &= Objects.requireNonNull(option, "option") != LinkOption.NOFOLLOW_LINKS;
    }
    return follow;
  }

  EntryStat stat() throws IOException {
    try {
      return calls.lookups().stat(spot, follow);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  UnionAttributes attributes() throws IOException {
    try {
      return calls.lookups().attributes(spot, follow);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  IOException failed(IOException e) {
    return JdkExceptions.of(e, path);
  }
}
