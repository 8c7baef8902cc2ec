package dev.overlays.linux.layer;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.linux.preflight.LayerClaim;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens layers by descriptors: any name, every kind of entry, every extended attribute. */
public final class NativeLayerStore implements LayerStore {

  /** Makes the store; asks nothing of the machine yet. */
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
  public Optional<Problem> declines(Path root) {
    if (root.getFileSystem() != FileSystems.getDefault()) {
      return Optional.of(
          Problem.of(
              ProblemCode.PATH_PROVIDER_UNSUPPORTED,
              root,
              "The kernel does not know paths of "
                  + root.getFileSystem().provider().getScheme()
                  + ".",
              "Use paths of the default file system, or the test kit's portable store."));
    }
    return NativeAccess.problem();
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    try {
      return NativeDirectory.root(Descriptor.open(root, Open.RDONLY | Open.DIRECTORY), root);
    } catch (SyscallException e) {
      throw Failures.of(e.errno(), root.toString());
    }
  }

  @Override
  public Closeable claim(List<OverlaySpec> specs) throws OverlayException {
    return LayerClaim.of(specs);
  }

  @Override
  public Closeable hold(OverlaySpec spec) throws OverlayException {
    return LayerClaim.forView(spec);
  }
}
