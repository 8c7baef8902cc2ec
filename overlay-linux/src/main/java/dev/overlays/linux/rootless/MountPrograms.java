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

  private static ShellCommand mount(String... more) {
    return ShellCommand.of("mount", "-n", "-i", "-c").words(more);
  }

  /** Mounts a new file system in memory. */
  static ShellCommand memory(String options, Path target) {
    return mount("-t", "tmpfs", "-o", options, "tmpfs").path(target);
  }

  /** Mounts what is mounted at one place at another one, too. */
  static ShellCommand bind(Path from, Path to) {
    return mount("--bind").path(from).path(to);
  }

  /** Changes the propagation of a mount; the word is the kernel's. */
  static ShellCommand propagate(String kind, Path target) {
    return mount("--make-" + kind).path(target);
  }

  /** Mounts an overlay. Of what a namespace has, only this can be shared, by its own wish. */
  static ShellCommand overlay(OverlaySpec spec, MountData data, Path target) {
    ShellCommand command = mount("-t", "overlay");
    switch (spec.propagation()) {
      case SHARED, UNBINDABLE -> command.words("--make-" + spec.propagation().kernelName());
      case PRIVATE, SLAVE -> {
        // A mount on one that takes from outside and gives nothing back is private already, and
        // there is nothing that it could be a copy of.
      }
    }
    return command.words("-o").word(data.of(spec)).words("overlay").path(target);
  }

  /** Makes the mount read-only or writable; every other property has to be said again. */
  static ShellCommand remount(OverlaySpec spec, boolean readOnly, Path target) {
    StringBuilder options = new StringBuilder("remount,bind,").append(readOnly ? "ro" : "rw");
    for (MountAttribute attribute : spec.attributes()) {
      if (attribute != MountAttribute.READ_ONLY) {
        options.append(',').append(attribute.kernelName());
      }
    }
    return mount("-o", options.toString(), "overlay").path(target);
  }

  /** Makes the file system itself writable, by whatever mount it is seen. */
  static ShellCommand makeWritable(Path target) {
    return mount("-o", "remount,rw", "overlay").path(target);
  }

  static ShellCommand unmount(Path target) {
    return ShellCommand.of("umount", "-n", "-i", "-c").path(target);
  }

  static ShellCommand unmountLazily(Path target) {
    return ShellCommand.of("umount", "-n", "-i", "-c", "-l").path(target);
  }
}
