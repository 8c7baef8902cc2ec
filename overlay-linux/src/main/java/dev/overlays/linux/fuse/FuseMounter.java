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
import dev.overlays.linux.mount.LiveMounts;
import dev.overlays.linux.mount.UndoneMounting;
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
   * Tells everything that is in the way of a mount.
   *
   * @param spec what is to be mounted, on paths of the default provider
   * @return the problems, the most important first
   */
  public static List<Problem> check(OverlaySpec spec) {
    LastDaemons.awaitEnd(spec);
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
  public static OverlayMount mount(OverlaySpec spec) throws OverlayException {
    List<Problem> problems = check(spec);
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    if (spec.ephemeral().orElse(null) instanceof Ephemeral.Directory place) {
      return LiveMounts.addMount(
          EphemeralView.mount(
              spec,
              EphemeralUpper.create(spec, place.parent(), () -> {}),
              whole -> new FuseMounter(whole).mount()));
    }
    try (InstanceDirectories directories = InstanceDirectories.create(spec)) {
      OverlayMount mount = new FuseMounter(spec).mount();
      directories.keep();
      return mount;
    }
  }

  private OverlayMount mount() throws OverlayException {
    try (FuseLayers layers = FuseLayers.open(spec);
        DaemonStart start = DaemonStart.of(layers)) {
      if (!start.isLocked()) {
        throw refusedMount("It did not get its locks: " + start.wordsPrinted());
      }
      return mount(layers, start);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw refusedMount(e.toString());
    }
  }

  private OverlayMount mount(FuseLayers layers, DaemonStart start) throws IOException {
    DaemonTraces traces = new DaemonTraces(spec, STORE);
    return UndoneMounting.run(
        spec,
        () -> {
          traces.rememberLayers();
          Path place = spec.mountPoint().orElseThrow().toRealPath();
          if (!start.mountView(layers.optionsText(start.numbersOf(layers.allHandles())), place)) {
            throw refusedMount(start.wordsPrinted());
          }
          return FuseMount.verifiedMount(spec, place);
        },
        traces::removeTraces);
  }

  /** What the questions now answer, or the words of the program. */
  private OverlayException refusedMount(String words) {
    List<Problem> problems = check(spec);
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
