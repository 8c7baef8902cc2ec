package dev.overlays.linux;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.fuse.FuseMount;
import dev.overlays.linux.fuse.FuseMounter;
import dev.overlays.linux.fuse.FusePrograms;
import dev.overlays.linux.fuse.OwnerCheck;
import dev.overlays.linux.preflight.ForeignPaths;
import dev.overlays.linux.syscall.NativeAccess;
import java.util.List;
import java.util.Optional;

/**
 * Mounts with the program fuse-overlayfs, by the name {@code fuse-overlayfs}: for ordinary users
 * where the kernel's overlay is not for them.
 *
 * <p>A view is there for its user at its mount point, until it is unmounted, also when this JVM has
 * ended; for other users too where root mounts it, or {@code /etc/fuse.conf} says {@code
 * user_allow_other}. Its daemon holds locks on the layers as long as it lives. When a view is
 * closed, its upper is turned into the kernel's form, which takes a walk through it.
 *
 * <p>Differences to the kernel's overlay: root's marks are in {@code trusted.overlay.*} only, an
 * ordinary user's specs need {@code userxattr}. A directory of a lower can be renamed, and is
 * copied. No name in a view begins with {@code .wh.}, and files of a lower that do are hidden.
 * Marks that are redirects, metacopies or whiteouts in the form of attributes are not understood in
 * layers. Access times are not kept, and in an ordinary user's view neither devices nor set-user-ID
 * bits have an effect. There, what belongs to somebody else can be neither changed nor deleted: it
 * is copied up with its owner, which the user may not do. So a lower of somebody else is left to
 * other backends unless this one is named. Seen with fuse-overlayfs 1.10.
 */
public final class FuseOverlayfsBackend implements OverlayBackend {

  /** Makes the backend; asks nothing of the machine yet. */
  public FuseOverlayfsBackend() {}

  @Override
  public String name() {
    return FuseMount.BACKEND;
  }

  @Override
  public int priority() {
    return 60;
  }

  @Override
  public Optional<Problem> unavailable() {
    return NativeAccess.accessProblem().or(FusePrograms::missingProblem);
  }

  @Override
  public Optional<Problem> declines(OverlaySpec spec) {
    return ForeignPaths.foreignAmong(spec.paths());
  }

  /** Also what it could mount, but an ordinary user could not work in: a lower of somebody else. */
  @Override
  public Optional<Problem> declinesUnnamed(OverlaySpec spec) {
    return declines(spec).or(() -> OwnerCheck.problemOf(spec.lowers()));
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    if (NativeAccess.accessProblem().isPresent() || declines(spec).isPresent()) {
      return List.of();
    }
    return FuseMounter.check(spec);
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return FuseMounter.mount(spec);
  }

  @Override
  public List<OverlayMount> mounted() throws OverlayException {
    return FuseMount.mounted();
  }
}
