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
 * @param unresolvedPath its path in the view
 * @param follow whether a symbolic link at the end of the path is followed
 * @param path the path that exceptions name
 */
record AttributeTarget(ViewCalls calls, UnresolvedPath unresolvedPath, boolean follow, Path path) {

  static boolean followsLinks(LinkOption... options) {
    boolean follow = true;
    for (LinkOption option : options) {
      follow &= Objects.requireNonNull(option, "option") != LinkOption.NOFOLLOW_LINKS;
    }
    return follow;
  }

  EntryStat stat() throws IOException {
    try {
      return calls.queries().stat(unresolvedPath, follow);
    } catch (IOException e) {
      throw toJdkException(e);
    }
  }

  UnionAttributes readAttributes() throws IOException {
    try {
      return calls.queries().readAttributes(unresolvedPath, follow);
    } catch (IOException e) {
      throw toJdkException(e);
    }
  }

  IOException toJdkException(IOException e) {
    return JdkExceptions.translateFailure(e, path);
  }
}
