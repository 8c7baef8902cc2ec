package dev.overlays.linux.denied;

import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Syscall;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a process is denied.
 *
 * @param name what it is called in a report
 * @param errno what the calls say
 * @param calls the calls
 * @param mountsTold whether statx(2) tells of mounts
 */
record Denial(String name, Errno errno, Set<Syscall> calls, boolean mountsTold) {

  /** One call, or some that belong together. */
  static Denial of(Errno errno, Syscall... calls) {
    return new Denial(Arrays.toString(calls), errno, EnumSet.copyOf(List.of(calls)), true);
  }

  /** All calls that a kernel has not, as it says so itself. */
  static Denial asOn(int major, int minor) {
    EnumSet<Syscall> calls = EnumSet.noneOf(Syscall.class);
    newerThan(major, minor).forEach(calls::add);
    boolean told = major > 5 || minor >= 8;
    return new Denial("newer than Linux " + major + "." + minor, Errno.ENOSYS, calls, told);
  }

  /** A statx(2) that tells no mount ID, as by way of a translator. */
  static Denial ofMountIds() {
    return new Denial("mount IDs of statx", Errno.ENOSYS, EnumSet.noneOf(Syscall.class), false);
  }

  static Stream<Syscall> newerThan(int major, int minor) {
    return Stream.of(Syscall.values())
        .filter(
            call -> call.sinceRelease().filter(since -> isNewer(since, major, minor)).isPresent());
  }

  private static boolean isNewer(String since, int major, int minor) {
    String[] parts = since.split("\\.", 2);
    int first = Integer.parseInt(parts[0]);
    return first > major || (first == major && Integer.parseInt(parts[1]) > minor);
  }

  boolean hasAnyOf(Collection<Syscall> others) {
    return others.stream().anyMatch(calls::contains);
  }

  @Override
  public String toString() {
    return name + " say " + errno;
  }
}
