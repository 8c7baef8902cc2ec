package dev.overlays.testkit.inode;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/** The sets of permissions as jimfs keeps them, one for each value of the lower nine mode bits. */
final class PermissionSets {
  private static final int PERMISSIONS = 0777;
  private static final List<ImmutableSet<PosixFilePermission>> BY_BITS = new ArrayList<>();

  static {
    for (int bits = 0; bits <= PERMISSIONS; bits++) {
      BY_BITS.add(Sets.immutableEnumSet(PermissionBits.toPermissions(bits)));
    }
  }

  private PermissionSets() {}

  static ImmutableSet<PosixFilePermission> ofMode(int mode) {
    return BY_BITS.get(mode & PERMISSIONS);
  }
}
