package dev.overlays.linux;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.fuse.FuseMount;
import dev.overlays.linux.fuse.FuseMounter;
import dev.overlays.linux.fuse.FusePrograms;
import dev.overlays.linux.fuse.LowerOwnerCheck;
import dev.overlays.linux.preflight.ProviderPathCheck;
import dev.overlays.linux.syscall.NativeAccess;
import java.util.List;
import java.util.Optional;

/**
 * Mounts with the program fuse-overlayfs, under the name {@code fuse-overlayfs}. It serves ordinary
 * users where the kernel does not let them mount an overlay.
 *
 * <p>The user sees the view at its mount point until it is unmounted, even after this JVM has
 * ended. Other users see it if root mounted it, or if {@code /etc/fuse.conf} says {@code
 * user_allow_other}. The daemon of the view holds locks on the layers as long as it lives. When the
 * view is closed, its upper is converted to the kernel's form, which requires walking the whole
 * upper.
 *
 * <p>Differences from the kernel's overlay: root's marks are in {@code trusted.overlay.*} only, and
 * specs of ordinary users need {@code userxattr}. Renaming a directory of a lower works, and copies
 * it. No name in a view can begin with {@code .wh.}; files of a lower with such names are hidden.
 * Redirects, metacopies and whiteouts stored as attributes are not recognized in layers. Access
 * times are not kept, and in an ordinary user's view neither devices nor set-user-ID bits have an
 * effect. In such a view, files of another owner can be neither changed nor deleted, because the
 * copy-up keeps the owner and the user may not set it. So this backend declines a lower of another
 * owner unless you name the backend. Seen with fuse-overlayfs 1.10.
 */
public final class FuseOverlayfsBackend implements OverlayBackend {

  /** Creates the backend without looking at the machine. */
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
  public Optional<Problem> whyUnavailable() {
    return NativeAccess.accessProblem().or(FusePrograms::missingProblem);
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    return ProviderPathCheck.foreignAmong(spec.requiredPaths());
  }

  /**
   * Also declines a lower of another owner: it can be mounted, but an ordinary user cannot work in
   * the view.
   */
  @Override
  public Optional<Problem> declinesByDefault(OverlaySpec spec) {
    return whyDeclined(spec).or(() -> LowerOwnerCheck.foreignLowerProblem(spec.lowers()));
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    if (NativeAccess.accessProblem().isPresent() || whyDeclined(spec).isPresent()) {
      return List.of();
    }
    return FuseMounter.checkSpec(spec);
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return FuseMounter.mountView(spec);
  }

  @Override
  public List<OverlayMount> mounted() throws OverlayException {
    return FuseMount.listMounts();
  }
}
