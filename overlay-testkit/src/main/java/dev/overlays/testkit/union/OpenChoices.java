package dev.overlays.testkit.union;

import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;

/** The options of an open file; what they imply and exclude is as in the JDK. */
record OpenChoices(
    boolean read,
    boolean write,
    boolean append,
    boolean truncate,
    boolean create,
    boolean createNew,
    boolean deleteOnClose,
    boolean sync,
    boolean dataSync,
    boolean noFollow) {

  static OpenChoices of(Set<? extends OpenOption> options) {
    for (OpenOption option : options) {
      Objects.requireNonNull(option, "option");
      if (!(option instanceof StandardOpenOption) && option != LinkOption.NOFOLLOW_LINKS) {
        throw new UnsupportedOperationException(option + " not supported");
      }
    }
    boolean append = options.contains(StandardOpenOption.APPEND);
    boolean read = options.contains(StandardOpenOption.READ);
    boolean write = options.contains(StandardOpenOption.WRITE) || append;
    boolean truncate = options.contains(StandardOpenOption.TRUNCATE_EXISTING);
    if (read && append) {
      throw new IllegalArgumentException("READ + APPEND not allowed");
    }
    if (append && truncate) {
      throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
    }
    return new OpenChoices(
        read || !write,
        write,
        append,
        write && truncate,
        write && options.contains(StandardOpenOption.CREATE),
        write && options.contains(StandardOpenOption.CREATE_NEW),
        options.contains(StandardOpenOption.DELETE_ON_CLOSE),
        options.contains(StandardOpenOption.SYNC),
        options.contains(StandardOpenOption.DSYNC),
        options.contains(LinkOption.NOFOLLOW_LINKS));
  }

  /** Whether a file that is missing is created. */
  boolean createsMissing() {
    return create || createNew;
  }

  /**
   * Whether a symbolic link at the end of the path is followed; never with CREATE_NEW or
   * DELETE_ON_CLOSE.
   */
  boolean followsLastLink() {
    return !createNew && !refusesLastLink();
  }

  /** Whether a symbolic link at the end of the path is an error. */
  boolean refusesLastLink() {
    return !createNew && (noFollow || deleteOnClose);
  }
}
