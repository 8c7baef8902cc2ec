package dev.overlays.linux.rootless;

import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.namespace.ShellCommand;
import java.nio.file.Path;

/**
 * The mount commands for the shell of a namespace. Their options keep mount(8) and umount(8) from
 * reading /etc/fstab, from calling helper programs of a file system, and from canonicalizing paths.
 */
final class MountCommands {
  private MountCommands() {}

  private static ShellCommand mountCommand(String... more) {
    return ShellCommand.of("mount", "-n", "-i", "-c").addWords(more);
  }

  /** Mounts a new tmpfs. */
  static ShellCommand memoryCommand(String options, Path target) {
    return mountCommand("-t", "tmpfs", "-o", options, "tmpfs").addPath(target);
  }

  /** Binds a mount to another place. */
  static ShellCommand bindCommand(Path from, Path to) {
    return mountCommand("--bind").addPath(from).addPath(to);
  }

  /** Changes the propagation of a mount; the kind is the kernel's word. */
  static ShellCommand propagationCommand(String kind, Path target) {
    return mountCommand("--make-" + kind).addPath(target);
  }

  /**
   * Mounts an overlay. In the namespace only an overlay is shared, and only if its spec asks for
   * it.
   */
  static ShellCommand overlayCommand(OverlaySpec spec, MountData data, Path target) {
    ShellCommand command = mountCommand("-t", "overlay");
    switch (spec.propagation()) {
      case SHARED, UNBINDABLE -> command.addWords("--make-" + spec.propagation().kernelName());
      case PRIVATE, SLAVE -> {
        // A mount on a slave mount is private already, and has no master of its own.
      }
    }
    return command.addWords("-o").addWord(data.encodeFor(spec)).addWords("overlay").addPath(target);
  }

  /**
   * Makes the mount read-only or writable. A remount resets all attributes, so the others are
   * passed again.
   */
  static ShellCommand remountCommand(OverlaySpec spec, boolean readOnly, Path target) {
    StringBuilder options = new StringBuilder("remount,bind,").append(readOnly ? "ro" : "rw");
    for (MountAttribute attribute : spec.attributes()) {
      if (attribute != MountAttribute.READ_ONLY) {
        options.append(',').append(attribute.kernelName());
      }
    }
    return mountCommand("-o", options.toString(), "overlay").addPath(target);
  }

  /** Makes the file system itself writable, for all its mounts. */
  static ShellCommand writableCommand(Path target) {
    return mountCommand("-o", "remount,rw", "overlay").addPath(target);
  }

  static ShellCommand unmountCommand(Path target) {
    return ShellCommand.of("umount", "-n", "-i", "-c").addPath(target);
  }

  static ShellCommand lazyUnmountCommand(Path target) {
    return ShellCommand.of("umount", "-n", "-i", "-c", "-l").addPath(target);
  }
}
