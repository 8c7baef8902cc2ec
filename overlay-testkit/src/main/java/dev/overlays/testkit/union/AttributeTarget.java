package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/**
 * An entry whose attributes are read or changed.
 *
 * @param calls the operations on the view
 * @param spot its path in the view
 * @param follow whether a symbolic link at the end of the path is followed
 * @param path the path that exceptions name
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
