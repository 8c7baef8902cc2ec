package dev.overlays;

import java.time.Duration;
import java.util.Objects;

/**
 * How to unmount a view. A backend that cannot tell whether a view is in use always unmounts it at
 * once.
 *
 * @param patience how long to wait for processes that hold files of the view open; zero for no wait
 * @param lazy whether the view is detached from the tree if they still hold files after that. The
 *     upper stays in use until the last of them is gone; until then mounting or merging it is
 *     refused
 */
public record UnmountOptions(Duration patience, boolean lazy) {

  private static final UnmountOptions STRICT = new UnmountOptions(Duration.ZERO, false);

  /**
   * Makes options.
   *
   * @param patience how long to wait
   * @param lazy whether to detach the view after the wait even if it is in use
   * @throws IllegalArgumentException if the wait is negative
   */
  public UnmountOptions {
    Objects.requireNonNull(patience, "patience");
    if (patience.isNegative()) {
      throw new IllegalArgumentException("a wait cannot be negative: " + patience);
    }
  }

  /**
   * Returns options that fail if the view is in use. The failure comes after tens of milliseconds,
   * in which processes that are about to end release the view; or after a second if no user of the
   * view can be named, since then somebody only looks at it. {@link OverlayMount#close()} uses
   * these options.
   *
   * @return options without wait, not lazy
   */
  public static UnmountOptions strict() {
    return STRICT;
  }

  /**
   * Returns options that wait until nobody uses the view, and fail if that takes too long.
   *
   * @param patience the longest wait
   * @return options with that wait, not lazy
   */
  public static UnmountOptions waitingUpTo(Duration patience) {
    return new UnmountOptions(patience, false);
  }

  /**
   * Returns options that detach the view from the tree at once, even if it is in use.
   *
   * @return options without wait, lazy
   */
  public static UnmountOptions lazily() {
    return new UnmountOptions(Duration.ZERO, true);
  }
}
