package dev.overlays.linux.fuse;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.instance.EphemeralUpper;
import dev.overlays.instance.EphemeralView;
import dev.overlays.instance.InstanceDirectories;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.machines.LockKeepers;
import dev.overlays.linux.mount.GuardedMounting;
import dev.overlays.linux.mount.UnlistedMounts;
import dev.overlays.linux.preflight.FusePreflight;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Mounts a spec by running fuse-overlayfs. */
public final class FuseMounter {
  private static final LayerStore STORE = new NativeLayerStore();

  private final OverlaySpec spec;

  private FuseMounter(OverlaySpec spec) {
    this.spec = spec;
  }

  /**
   * Lists what would make a mount fail.
   *
   * @param spec what is to be mounted, on paths of the default provider
   * @return the problems, the most important first
   */
  public static List<Problem> checkSpec(OverlaySpec spec) {
    EndingDaemons.awaitEnd(spec);
    List<Problem> problems = new ArrayList<>(FusePreflight.of(spec));
    problems.addAll(FuseOptionCheck.of(spec));
    return problems;
  }

  /**
   * Mounts a spec.
   *
   * @param spec what to mount, on paths of the default provider
   * @return the mount
   * @throws OverlayException if it cannot be mounted; nothing is left behind then
   */
  public static OverlayMount mountView(OverlaySpec spec) throws OverlayException {
    List<Problem> problems = checkSpec(spec);
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    if (spec.ephemeral().orElse(null) instanceof Ephemeral.Directory place) {
      return UnlistedMounts.addMount(
          EphemeralView.mountOver(
              spec,
              EphemeralUpper.create(spec, place.parent(), () -> {}),
              whole -> new FuseMounter(whole).mountView()));
    }
    return InstanceDirectories.mountIn(spec, List::of, whole -> new FuseMounter(whole).mountView());
  }

  private OverlayMount mountView() throws OverlayException {
    try (FuseLayers layers = FuseLayers.open(spec);
        DaemonStart start = DaemonStart.startFor(layers)) {
      if (!start.awaitLocks()) {
        throw refusedMount("it did not get its locks: " + start.printedWords());
      }
      return mountView(layers, start);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw refusedMount(e.toString());
    }
  }

  private OverlayMount mountView(FuseLayers layers, DaemonStart start) throws IOException {
    LockKeepers keepers =
        layers.lockForMachines().startKeepers(spec.mountPoint().orElseThrow().toRealPath());
    try {
      return mountView(layers, start, keepers);
    } catch (IOException | RuntimeException | Error e) {
      keepers.end();
      throw e;
    }
  }

  private OverlayMount mountView(FuseLayers layers, DaemonStart start, LockKeepers keepers)
      throws IOException {
    DaemonTraces traces = new DaemonTraces(spec, STORE);
    return GuardedMounting.run(
        spec,
        () -> {
          traces.markUpper();
          Path place = spec.mountPoint().orElseThrow().toRealPath();
          if (!start.mountView(
              layers.optionsText(start.descriptorNumbersOf(layers.allHandles())), place)) {
            throw refusedMount(start.printedWords());
          }
          return FuseMount.verifiedMount(spec, place, keepers);
        },
        traces::removeTraces);
  }

  /** Returns the problems that the checks find now, or the output of the program. */
  private OverlayException refusedMount(String words) {
    List<Problem> problems = checkSpec(spec);
    return new OverlayException(
        problems.isEmpty()
            ? List.of(
                new Problem(
                    ProblemCode.HOLDER_FAILED,
                    spec.mountPoint(),
                    "fuse-overlayfs did not mount: " + words + ".",
                    "Look at what it says, and run it by hand with the same layers."))
            : problems);
  }
}
