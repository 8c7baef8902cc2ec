package dev.overlays.cache;

import dev.overlays.Problem;
import java.util.List;

/**
 * What {@link LowerUpdate#run()} did.
 *
 * @param image the digest of the image that the lower holds now
 * @param replaced whether the lower was replaced; false if it held this image already
 * @param mounted the instances that were mounted again
 * @param notices messages that are not failures: a {@link
 *     dev.overlays.ProblemCode#CACHE_LOWER_KEPT} for each former lower that is kept
 */
public record FollowReport(
    String image, boolean replaced, List<String> mounted, List<Problem> notices) {

  /**
   * Makes a report.
   *
   * @param image the digest of the image
   * @param replaced whether the lower was replaced
   * @param mounted the instances that were mounted again; copied
   * @param notices messages that are not failures; copied
   */
  public FollowReport {
    mounted = List.copyOf(mounted);
    notices = List.copyOf(notices);
  }

  /** Returns the report as text, with a line for each notice. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(replaced ? "the lower is now " : "nothing to do: the lower is already ")
        .append(image)
        .append("; ")
        .append(mounted.size())
        .append(" mounted again");
    notices.forEach(notice -> text.append('\n').append(notice));
    return text.toString();
  }
}
