package dev.overlays;

import java.util.List;

/**
 * Which owners the files of a lower seem to have in a view: an ID-mapped layer, whose files need
 * not be changed for it. Source: mount_setattr(2), MOUNT_ATTR_IDMAP.
 *
 * @param users what users become
 * @param groups what groups become
 */
public record IdMapping(List<Range> users, List<Range> groups) {

  /**
   * Consecutive IDs.
   *
   * @param onDisk the first as the layer has it
   * @param inView what it becomes
   * @param count how many, positive
   */
  public record Range(long onDisk, long inView, long count) {
    private static final long LAST = 0xffff_fffeL;

    /**
     * Makes a range.
     *
     * @param onDisk the first as the layer has it
     * @param inView what it becomes
     * @param count how many
     * @throws IllegalArgumentException if an ID of it is none, or there are none
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
   * Makes a mapping. IDs that no range has become those of nobody.
   *
   * @param users what users become, at least one range
   * @param groups what groups become, at least one range
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
   * Returns a mapping of users and groups alike, as containers have it.
   *
   * @param onDisk the first ID as the layer has it
   * @param inView what it becomes
   * @param count how many, positive
   * @return the mapping
   * @throws IllegalArgumentException as {@link Range}
   */
  public static IdMapping of(long onDisk, long inView, long count) {
    List<Range> ranges = List.of(new Range(onDisk, inView, count));
    return new IdMapping(ranges, ranges);
  }
}
