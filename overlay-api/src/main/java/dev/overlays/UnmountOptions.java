package dev.overlays;

import java.time.Duration;
import java.util.Objects;

/**
 * How a view is unmounted. A backend that cannot tell whether somebody uses a view unmounts it at
 * once in any case.
 *
 * @param patience how long to wait for those who hold files of the view open to let go; zero: not
 *     at all
 * @param lazy whether, when they have not let go by then, the view is taken out of the tree all the
 *     same. Its upper stays in use until the last of them is gone, so that mounting or merging it
 *     is refused that long
 */
public record UnmountOptions(Duration patience, boolean lazy) {

  private static final UnmountOptions STRICT = new UnmountOptions(Duration.ZERO, false);

  /**
   * Makes options.
   *
   * @param patience how long to wait
   * @param lazy whether to unmount then in any case
   * @throws IllegalArgumentException if the wait is negative
   */
  public UnmountOptions {
    Objects.requireNonNull(patience, "patience");
    if (patience.isNegative()) {
      throw new IllegalArgumentException("a wait cannot be negative: " + patience);
    }
  }

  /**
   * Returns options that fail when somebody uses the view, after some ten milliseconds in which
   * processes that are about to end let go; after a second where nobody can be named who uses it,
   * since then somebody only looks at it. What {@link OverlayMount#close()} uses.
   *
   * @return no wait, not lazy
   */
  public static UnmountOptions strict() {
    return STRICT;
  }

  /**
   * Returns options that wait for those who use the view, and fail when they do not leave in time.
   *
   * @param patience the longest wait
   * @return that wait, not lazy
   */
  public static UnmountOptions waitingUpTo(Duration patience) {
    return new UnmountOptions(patience, false);
  }

  /**
   * Returns options that take the view out of the tree at once, although it may be in use.
   *
   * @return no wait, lazy
   */
  public static UnmountOptions lazily() {
    return new UnmountOptions(Duration.ZERO, true);
  }
}
