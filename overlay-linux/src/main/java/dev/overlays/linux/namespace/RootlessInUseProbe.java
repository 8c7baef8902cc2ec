package dev.overlays.linux.namespace;

import dev.overlays.OverlayException;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.SyscallException;
import java.util.List;

/**
 * Asks the kernel, without root's rights, whether a live overlay in any mount namespace uses a
 * directory as upper or work directory. In a temporary namespace it attempts a mount that can never
 * succeed, since its work directory is on another file system; if the directory is in use, the
 * kernel reports that first. Source: ovl_get_upper and ovl_get_workdir in the kernel's
 * fs/overlayfs/super.c.
 */
public final class RootlessInUseProbe {
  private RootlessInUseProbe() {}

  /**
   * Asks about directories.
   *
   * @param directories open directories
   * @return true if a live overlay writes to one of them; false if none does or the kernel cannot
   *     be asked
   */
  public static boolean isAnyInUse(List<Descriptor> directories) {
    if (NamespacePrograms.missingProblem().isPresent()) {
      return false;
    }
    try (UserNamespace namespace = UserNamespace.startForThisUser()) {
      for (Descriptor directory : directories) {
        CommandResult answer =
            namespace.run(
                ShellCommand.of("cd")
                    .addPath(directory.targetPath())
                    .andThen(ShellCommand.of("mount", "-n", "-i", "-t", "overlay", "-o"))
                    .addWords("lowerdir=/proc,upperdir=.,workdir=/proc,index=on,userxattr")
                    .addWords("overlay", "/sys"));
        if (answer.failedBusy()) {
          return true;
        }
      }
    } catch (OverlayException | SyscallException e) {
      // A user without namespaces cannot have such mounts either.
      return false;
    }
    return false;
  }
}
