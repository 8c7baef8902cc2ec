package dev.overlays.linux.programs;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The kinds of views, and who has them. */
enum ViewKind {
  MOUNT_POINT("root", "kernel, mount point", "kernel"),
  NO_MOUNT_POINT("root", "kernel, none given", "kernel"),
  UNATTACHED("root", "kernel, unattached", "kernel"),
  USER_NAMESPACE("user", "JVM in a user namespace", "kernel"),
  FUSE("user", "fuse-overlayfs", "fuse-overlayfs"),
  ROOTLESS("user", "rootless", "rootless");

  private final String who;
  private final String title;
  private final String backend;

  ViewKind(String who, String title, String backend) {
    this.who = who;
    this.title = title;
    this.backend = backend;
  }

  /** How the table calls it. */
  String title() {
    return title;
  }

  /** The name of the backend that mounts it. */
  String backend() {
    return backend;
  }

  /** Whether an ordinary user has it. */
  boolean isOfUser() {
    return who.equals("user");
  }

  /** Whether its spec names a mount point, unless it is ephemeral. */
  boolean hasMountPoint() {
    return this == MOUNT_POINT || this == USER_NAMESPACE || this == FUSE;
  }

  /** Whether it is ephemeral when it is used, and what is written is kept at the end. */
  boolean isEphemeral() {
    return this == NO_MOUNT_POINT || this == USER_NAMESPACE;
  }

  /** Makes a spec one of this kind. */
  OverlaySpec.Builder applyTo(OverlaySpec.Builder spec) {
    return switch (this) {
      case UNATTACHED -> spec.unattached();
      case FUSE, ROOTLESS -> spec.options(options -> options.withUserXattr(true));
      default -> spec;
    };
  }

  /** The words that begin the command of its JVM. */
  List<String> commandPrefix() throws IOException {
    List<String> prefix = new ArrayList<>();
    if (isOfUser()) {
      prefix.addAll(OrdinaryUser.commandPrefix());
    }
    if (this == USER_NAMESPACE) {
      prefix.addAll(List.of("unshare", "--user", "--map-current-user", "--keep-caps", "--mount"));
    }
    return prefix;
  }
}
