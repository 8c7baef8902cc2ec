package dev.overlays.linux;

import dev.overlays.BootEntries;
import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.boot.Fstab;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.mount.KernelMount;
import dev.overlays.linux.mount.KernelMounter;
import dev.overlays.linux.preflight.ProviderPathCheck;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Mounts with the kernel's own overlay file system, under the name {@code kernel}. */
public final class KernelBackend implements OverlayBackend {
  private volatile boolean overlayFound;

  /** Creates the backend without looking at the machine. */
  public KernelBackend() {}

  @Override
  public String name() {
    return KernelMount.BACKEND;
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Optional<Problem> whyUnavailable() {
    Optional<Problem> machine = NativeAccess.accessProblem();
    if (machine.isPresent()) {
      return machine;
    }
    if (!ThreadPrivilege.mayMount()) {
      return Optional.of(
          Problem.of(
              ProblemCode.PRIVILEGE_MISSING,
              "This process may not mount: it lacks CAP_SYS_ADMIN.",
              "Run it as root, or give it the capability (in a container: --cap-add SYS_ADMIN)."));
    }
    return missingOverlayProblem();
  }

  /** Remembers that the overlay was found, since a module stays loaded while it is in use. */
  private Optional<Problem> missingOverlayProblem() {
    if (overlayFound) {
      return Optional.empty();
    }
    try {
      MountContext.open().close();
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENODEV) {
        return Optional.of(
            Problem.of(
                ProblemCode.OVERLAYFS_MISSING,
                "The running kernel has no overlay file system.",
                "Load the module (modprobe overlay), or use a kernel built with"
                    + " CONFIG_OVERLAY_FS."));
      }
    }
    overlayFound = true;
    return Optional.empty();
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    return ProviderPathCheck.foreignAmong(spec.requiredPaths());
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    return KernelMounter.checkSpec(spec);
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return KernelMounter.mountView(spec);
  }

  @Override
  public List<OverlayMount> mounted() throws OverlayException {
    return KernelMount.listMounts();
  }

  @Override
  public Optional<BootEntries> bootEntries(Path file) {
    return file.getFileSystem() == FileSystems.getDefault()
        ? Optional.of(Fstab.bootEntries(file))
        : Optional.empty();
  }
}
