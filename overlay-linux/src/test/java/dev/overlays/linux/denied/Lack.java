package dev.overlays.linux.denied;

import dev.overlays.linux.syscall.Syscall;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What cannot be had without some calls, and is told. A test that needs it fails with these words.
 *
 * @param calls each of them is needed
 * @param test the names of the tests
 * @param words what their failure says
 */
record Lack(Set<Syscall> calls, Pattern test, Pattern words) {
  private static final String REFUSED = "the system call (\\w+) (\\(E\\w+\\), as|does not exist)";

  /** The calls of a mount by a context, without which mount(2) is used. */
  static final Set<Syscall> CONTEXT =
      EnumSet.of(Syscall.FSOPEN, Syscall.FSCONFIG, Syscall.FSMOUNT, Syscall.MOVE_MOUNT);

  static final List<Lack> ALL =
      List.of(
          // The owners of a lower are mapped by nothing else.
          new Lack(
              EnumSet.of(
                  Syscall.FSOPEN,
                  Syscall.FSCONFIG,
                  Syscall.FSMOUNT,
                  Syscall.MOVE_MOUNT,
                  Syscall.OPEN_TREE,
                  Syscall.MOUNT_SETATTR),
              Pattern.compile(
                  "KernelOnTmpfsTest/10 Options/10.9 .*"
                      + "|IdMappedLowersTest/(?!refusesALowerThatCannotBeMapped).*"),
              Pattern.compile("LOWER_NOT_IDMAPPABLE.*" + REFUSED, Pattern.CASE_INSENSITIVE)),
          // The merge of an indexed upper needs them, and nothing else tells them.
          new Lack(
              EnumSet.of(Syscall.NAME_TO_HANDLE_AT),
              Pattern.compile("NativeLayerStoreTest/OfInodes/handlesTellInodesApart"),
              Pattern.compile(REFUSED)),
          // Nothing mounts then.
          new Lack(
              EnumSet.of(Syscall.MOUNT),
              Pattern.compile("MountTest/.*"),
              Pattern.compile("PRIVILEGE_MISSING.*" + REFUSED)));

  boolean isOf(Denial denial, String name) {
    boolean needed =
        calls.contains(Syscall.MOUNT)
            ? denial.hasAnyOf(CONTEXT) && denial.calls().contains(Syscall.MOUNT)
            : denial.hasAnyOf(calls);
    return needed && test.matcher(name).matches();
  }

  boolean isToldIn(String failure) {
    return words.matcher(failure).find();
  }
}
