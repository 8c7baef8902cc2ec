package dev.overlays.linux.layer;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.linux.live.CoveredLayers;
import dev.overlays.linux.machines.MachineSharing;
import dev.overlays.linux.preflight.LayerClaim;
import dev.overlays.linux.preflight.ProviderPathCheck;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.spi.LayerSharing;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The layer store that uses system calls: it supports any name, every type of entry and every
 * extended attribute.
 */
public final class NativeLayerStore implements LayerStore {

  /** Makes the store without using the machine yet. */
  public NativeLayerStore() {}

  @Override
  public String name() {
    return "native";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Optional<Problem> whyDeclined(Path root) {
    return ProviderPathCheck.foreignAmong(List.of(root)).or(NativeAccess::accessProblem);
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    NativeAccess.requireAccess();
    try {
      return NativeDirectory.rootOf(
          Descriptor.open(root, OpenFlags.RDONLY | OpenFlags.DIRECTORY), root);
    } catch (SyscallException e) {
      throw FileSystemErrors.of(e.errno(), root.toString());
    }
  }

  @Override
  public Closeable claim(List<OverlaySpec> specs) throws OverlayException {
    NativeAccess.requireAccess();
    return LayerClaim.of(specs);
  }

  @Override
  public void requireClaimed(Closeable claim) throws OverlayException {
    if (claim instanceof LayerClaim held) {
      held.requireHeld();
    }
  }

  @Override
  public void requireVisible(OverlaySpec spec) throws OverlayException {
    CoveredLayers.requireVisible(spec);
  }

  @Override
  public Optional<LayerSharing> findSharing(Path root) throws OverlayException {
    NativeAccess.requireAccess();
    return MachineSharing.of(root);
  }

  @Override
  public Closeable hold(OverlaySpec spec) throws OverlayException {
    NativeAccess.requireAccess();
    return LayerClaim.forView(spec);
  }
}
