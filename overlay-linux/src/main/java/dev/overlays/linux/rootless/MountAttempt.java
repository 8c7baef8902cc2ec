package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.mount.KernelTraces;
import dev.overlays.linux.mount.LayerHandles;
import dev.overlays.linux.mount.OptionsInForce;
import dev.overlays.linux.mount.PrivateMount;
import dev.overlays.linux.mount.SettledUpper;
import dev.overlays.linux.namespace.Answer;
import dev.overlays.linux.namespace.Namespace;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.spi.HiddenPaths;
import dev.overlays.spi.LayerStore;
import dev.overlays.spi.PrivatePaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One attempt to mount a spec at a place in a namespace. When it fails, nothing is left. */
final class MountAttempt {
  private static final LayerStore STORE = new NativeLayerStore();

  private final OverlaySpec spec;
  private final Namespace namespace;
  private final Path target;
  private final Optional<MemoryBelow> memory;

  /**
   * Prepares an attempt.
   *
   * @param spec what is mounted: not an ephemeral one any more
   * @param memory what the upper is on, if that is at the target already
   */
  MountAttempt(OverlaySpec spec, Namespace namespace, Path target, Optional<MemoryBelow> memory) {
    this.spec = spec;
    this.namespace = namespace;
    this.target = target;
    this.memory = memory;
  }

  OverlaySpec spec() {
    return spec;
  }

  Optional<MemoryBelow> memory() {
    return memory;
  }

  /**
   * The root of a new mount.
   *
   * @param id its identity
   * @param tableId the ID of the mount in mount tables, which may be given again when it is gone
   */
  record Root(FileId id, long tableId) {}

  /** Mounts, and returns the root; the layers are locked as long as they are open. */
  Root mount(LayerHandles layers) throws IOException {
    layers.secure();
    SettledUpper.settle(spec, STORE);
    HiddenPaths hidden = PrivatePaths.hide(spec, STORE);
    KernelTraces traces = KernelTraces.before(spec, layers);
    try {
      run();
      return verified();
    } catch (IOException e) {
      traces.remove(spec, layers);
      try {
        hidden.show(spec, STORE);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private void run() throws IOException {
    try {
      MountData data = new LayerLinks(namespace, target, memory).data(spec);
      Answer answer = namespace.run(MountPrograms.overlay(spec, data, target));
      if (!answer.succeeded()) {
        throw new RefusedException(answer.words());
      }
    } finally {
      namespace.run(MountPrograms.leave());
    }
  }

  /** Mounts, and takes the view out of the namespace by a descriptor. */
  PrivateMount mountAlone(LayerHandles layers) throws IOException {
    mount(layers);
    Descriptor root = Descriptor.open(namespace.seen(target), Open.PATH | Open.DIRECTORY);
    try {
      return PrivateMount.of(RootlessMount.BACKEND, spec, root, layers);
    } catch (IOException | RuntimeException e) {
      root.close();
      throw e;
    }
  }

  /** Undoes a mount that is not what was asked for. */
  private Root verified() throws IOException {
    try {
      byte[] root = PathBytes.of(namespace.seen(target));
      long tableId = FileId.withTableId(root).mountId();
      Optional<MountRecord> record =
          MountTable.ofProcess(Long.toString(namespace.pid())).stream()
              .filter(mount -> mount.id() == tableId && mount.isOverlay())
              .findFirst();
      if (record.isEmpty()) {
        throw new IOException("mount(8) has mounted something else, or nothing");
      }
      List<Problem> problems = OptionsInForce.differences(spec, record.get());
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      return new Root(FileId.of(root), tableId);
    } catch (IOException e) {
      namespace.run(MountPrograms.unmountLazily(target));
      throw e;
    }
  }
}
