package dev.overlays.linux.namespace;

import dev.overlays.OverlayException;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.SyscallException;
import java.util.List;

/**
 * Asks the kernel, without root's rights, whether a live overlay in any mount namespace uses a
 * directory as upper or work: in a namespace for the purpose a mount is tried that can never
 * succeed, as its work directory is on another file system. When the directory is in use the kernel
 * says so before it comes to that. Source: ovl_get_upper and ovl_get_workdir in the kernel's
 * fs/overlayfs/super.c.
 */
public final class UseProbe {
  private UseProbe() {}

  /**
   * Asks about directories.
   *
   * @param directories open directories
   * @return true if a live overlay writes to one of them; false if none does, or it cannot be asked
   */
  public static boolean anyInUse(List<Descriptor> directories) {
    if (NamespacePrograms.missingProblem().isPresent()) {
      return false;
    }
    try (UserNamespace namespace = UserNamespace.startForThisUser()) {
      for (Descriptor directory : directories) {
        CommandResult answer =
            namespace.run(
                ShellCommand.of("cd")
                    .addPath(directory.procPath())
                    .andThen(ShellCommand.of("mount", "-n", "-i", "-t", "overlay", "-o"))
                    .wordsOf("lowerdir=/proc,upperdir=.,workdir=/proc,index=on,userxattr")
                    .wordsOf("overlay", "/sys"));
        if (answer.saysBusy()) {
          return true;
        }
      }
    } catch (OverlayException | SyscallException e) {
      // No namespaces for this user: they cannot have such mounts either.
      return false;
    }
    return false;
  }
}
