package dev.overlays.linux;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.linux.mount.LiveMounts;
import dev.overlays.linux.namespace.NamespacePrograms;
import dev.overlays.linux.preflight.ForeignPaths;
import dev.overlays.linux.rootless.RootlessCheck;
import dev.overlays.linux.rootless.RootlessMount;
import dev.overlays.linux.rootless.RootlessMounter;
import dev.overlays.linux.rootless.RootlessTrial;
import dev.overlays.linux.syscall.NativeAccess;
import java.util.List;
import java.util.Optional;

/**
 * Mounts with the kernel's overlay file system for users without root's rights, by the name {@code
 * rootless}: in a user and mount namespace that a child process holds. Specs need the option {@code
 * userxattr}.
 *
 * <p>This JVM sees a view at its {@link OverlayMount#root()}, a path below {@code /proc}. The
 * processes that {@link OverlayMount#command} makes see it at its mount point, or at what {@link
 * OverlayMount#pathInside} tells. Nobody else sees it: the machine's own mount point stays empty,
 * and what is written there is not in the view. Use the root, or such processes.
 *
 * <p>What asks for canonical paths, as {@link java.nio.file.Path#toRealPath}, {@link
 * java.nio.file.Files#getFileStore} and {@link java.io.File#mkdirs} do, fails: the canonical path
 * of the root is below {@code /dev/null}, where nothing can be. Programs that need such paths work
 * as processes of {@code command}.
 *
 * <p>In a view the kernel does with the rights of the namespace what it would do with those of the
 * process, root's too. So a write to a file (not a truncation, nor a mapping of it) takes its
 * set-user-ID bit, and its set-group-ID bit where the group may execute it; attributes named {@code
 * trusted.} or {@code security.}, file capabilities apart, cannot be set; and device nodes cannot
 * be made (tried on Linux 6.18; source: {@code override_creds} in {@code fs/overlayfs}).
 *
 * <p>Views end with this JVM, however it ends, and the processes that were started in them end with
 * it. A disk that is mounted when the first view comes up may stay in use until the last one is
 * gone. Should the child process not answer, as it is stopped, whoever needs it is told so after
 * ten seconds, or after as many milliseconds as the property {@code dev.overlays.holder.limit}
 * says.
 */
public final class RootlessBackend implements OverlayBackend {

  /** Makes the backend; asks nothing of the machine yet. */
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
  public Optional<Problem> unavailable() {
    return NativeAccess.accessProblem()
        .or(NamespacePrograms::missingProblem)
        .or(RootlessTrial::trialProblem);
  }

  @Override
  public Optional<Problem> declines(OverlaySpec spec) {
    return ForeignPaths.foreignAmong(spec.paths()).or(() -> RootlessCheck.impossibleProblem(spec));
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    if (NativeAccess.accessProblem().isPresent() || declines(spec).isPresent()) {
      return List.of();
    }
    List<Problem> problems = RootlessCheck.of(spec);
    return problems.isEmpty() ? LayerFit.problems(spec) : problems;
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return RootlessMounter.mountView(spec);
  }

  @Override
  public List<OverlayMount> mounted() {
    return LiveMounts.of(name());
  }
}
