package dev.overlays.linux.rootless;

import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.namespace.ShellCommand;
import java.nio.file.Path;

/**
 * The commands that a namespace is told. All of them keep mount(8) and umount(8) from looking into
 * /etc/fstab, from other programs for a kind of file system, and from changing a path.
 */
final class MountPrograms {
  private MountPrograms() {}

  private static ShellCommand mountCommand(String... more) {
    return ShellCommand.of("mount", "-n", "-i", "-c").wordsOf(more);
  }

  /** Mounts a new file system in memory. */
  static ShellCommand memoryCommand(String options, Path target) {
    return mountCommand("-t", "tmpfs", "-o", options, "tmpfs").addPath(target);
  }

  /** Mounts what is mounted at one place at another one, too. */
  static ShellCommand bindCommand(Path from, Path to) {
    return mountCommand("--bind").addPath(from).addPath(to);
  }

  /** Changes the propagation of a mount; the word is the kernel's. */
  static ShellCommand propagateCommand(String kind, Path target) {
    return mountCommand("--make-" + kind).addPath(target);
  }

  /** Mounts an overlay. Of what a namespace has, only this can be shared, by its own wish. */
  static ShellCommand overlayCommand(OverlaySpec spec, MountData data, Path target) {
    ShellCommand command = mountCommand("-t", "overlay");
    switch (spec.propagation()) {
      case SHARED, UNBINDABLE -> command.wordsOf("--make-" + spec.propagation().kernelName());
      case PRIVATE, SLAVE -> {
        // A mount on one that takes from outside and gives nothing back is private already, and
        // there is nothing that it could be a copy of.
      }
    }
    return command.wordsOf("-o").addWord(data.of(spec)).wordsOf("overlay").addPath(target);
  }

  /** Makes the mount read-only or writable; every other property has to be said again. */
  static ShellCommand remountCommand(OverlaySpec spec, boolean readOnly, Path target) {
    StringBuilder options = new StringBuilder("remount,bind,").append(readOnly ? "ro" : "rw");
    for (MountAttribute attribute : spec.attributes()) {
      if (attribute != MountAttribute.READ_ONLY) {
        options.append(',').append(attribute.kernelName());
      }
    }
    return mountCommand("-o", options.toString(), "overlay").addPath(target);
  }

  /** Makes the file system itself writable, by whatever mount it is seen. */
  static ShellCommand makeWritable(Path target) {
    return mountCommand("-o", "remount,rw", "overlay").addPath(target);
  }

  static ShellCommand unmountCommand(Path target) {
    return ShellCommand.of("umount", "-n", "-i", "-c").addPath(target);
  }

  static ShellCommand unmountLazily(Path target) {
    return ShellCommand.of("umount", "-n", "-i", "-c", "-l").addPath(target);
  }
}
