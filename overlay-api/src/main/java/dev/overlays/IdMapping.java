package dev.overlays;

import java.util.List;

/**
 * Maps the owners of a lower to the owners that a view shows. The files of the lower are not
 * changed. Source: mount_setattr(2), MOUNT_ATTR_IDMAP.
 *
 * @param users the ranges of user IDs
 * @param groups the ranges of group IDs
 */
public record IdMapping(List<Range> users, List<Range> groups) {

  /**
   * Consecutive IDs that are mapped to consecutive IDs.
   *
   * @param onDisk the first as the layer has it
   * @param inView the first as the view shows it
   * @param count how many, positive
   */
  public record Range(long onDisk, long inView, long count) {
    private static final long LAST = 0xffff_fffeL;

    /**
     * Makes a range.
     *
     * @param onDisk the first as the layer has it
     * @param inView the first as the view shows it
     * @param count how many
     * @throws IllegalArgumentException if the range is empty or contains a number that is not an ID
     */
    public Range {
      if (onDisk < 0 || inView < 0 || count <= 0) {
        throw new IllegalArgumentException("no IDs: " + onDisk + " " + inView + " " + count);
      }
      if (count - 1 > LAST - Math.max(onDisk, inView)) {
        throw new IllegalArgumentException("IDs end at " + LAST + ": " + onDisk + " " + count);
      }
    }
  }

  /**
   * Makes a mapping. IDs that are in no range become those of nobody.
   *
   * @param users the ranges of user IDs, at least one
   * @param groups the ranges of group IDs, at least one
   * @throws IllegalArgumentException if there is no range of users or of groups
   */
  public IdMapping {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    if (users.isEmpty() || groups.isEmpty()) {
      throw new IllegalArgumentException("a mapping needs ranges for users and for groups");
    }
  }

  /**
   * Returns a mapping with the same range for users and groups, as containers use it.
   *
   * @param onDisk the first ID as the layer has it
   * @param inView the first as the view shows it
   * @param count how many, positive
   * @return the mapping
   * @throws IllegalArgumentException as {@link Range}
   */
  public static IdMapping of(long onDisk, long inView, long count) {
    List<Range> ranges = List.of(new Range(onDisk, inView, count));
    return new IdMapping(ranges, ranges);
  }
}
