package dev.overlays.linux;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.linux.mount.UnlistedMounts;
import dev.overlays.linux.namespace.NamespacePrograms;
import dev.overlays.linux.preflight.ProviderPathCheck;
import dev.overlays.linux.rootless.RootlessCheck;
import dev.overlays.linux.rootless.RootlessMount;
import dev.overlays.linux.rootless.RootlessMounter;
import dev.overlays.linux.rootless.RootlessTrial;
import dev.overlays.linux.syscall.NativeAccess;
import java.util.List;
import java.util.Optional;

/**
 * Mounts with the kernel's overlay file system for users without root's rights, under the name
 * {@code rootless}. The mounts are made in a user and mount namespace that a child process holds.
 * Specs need the option {@code userxattr}.
 *
 * <p>This JVM sees a view at its {@link OverlayMount#root()}, a path below {@code /proc}. Processes
 * started by {@link OverlayMount#command} see it at its mount point, or at the path that {@link
 * OverlayMount#pathInside} returns. Nobody else sees it: the mount point stays empty for the
 * machine, and files written there are not in the view. Use the root, or such processes.
 *
 * <p>Methods that need canonical paths fail, such as {@link java.nio.file.Path#toRealPath}, {@link
 * java.nio.file.Files#getFileStore} and {@link java.io.File#mkdirs}: the canonical path of the root
 * is below {@code /dev/null}, where no file can exist. Run programs that need such paths through
 * {@code command}.
 *
 * <p>In a view the kernel uses the rights of the namespace, not those of the process, even for
 * root. So a write to a file (not a truncation or a mapping) clears its set-user-ID bit, and its
 * set-group-ID bit where the group may execute it. Attributes named {@code trusted.} or {@code
 * security.}, except file capabilities, cannot be set, and device nodes cannot be created (tried on
 * Linux 6.18; source: {@code override_creds} in {@code fs/overlayfs}).
 *
 * <p>Views end with this JVM, however it ends, and so do the processes started in them. A disk that
 * is mounted when the first view is created may stay in use until the last view is closed. If the
 * child process does not answer, for example because it is stopped, calls that need it fail after
 * ten seconds, or after the number of milliseconds in the property {@code
 * dev.overlays.holder.limit}.
 */
public final class RootlessBackend implements OverlayBackend {

  /** Creates the backend without looking at the machine. */
  public RootlessBackend() {}

  @Override
  public String name() {
    return RootlessMount.BACKEND;
  }

  @Override
  public int priority() {
    return 80;
  }

  @Override
  public Optional<Problem> whyUnavailable() {
    return NativeAccess.accessProblem()
        .or(NamespacePrograms::missingProblem)
        .or(RootlessTrial::trialProblem);
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    return ProviderPathCheck.foreignAmong(spec.requiredPaths())
        .or(() -> RootlessCheck.impossibleProblem(spec));
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    if (NativeAccess.accessProblem().isPresent() || whyDeclined(spec).isPresent()) {
      return List.of();
    }
    List<Problem> problems = RootlessCheck.of(spec);
    return problems.isEmpty() ? LayerFit.findProblems(spec) : problems;
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return RootlessMounter.mountView(spec);
  }

  @Override
  public List<OverlayMount> mounted() {
    return UnlistedMounts.of(name());
  }
}
