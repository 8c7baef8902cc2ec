package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
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

  /**
   * What has come of it.
   *
   * @param id the identity of the root
   * @param holdings what the view has beside its mount
   */
  record Made(FileId id, Holdings holdings) {}

  private final OverlaySpec spec;
  private final Namespace namespace;
  private final Path target;

  MountAttempt(OverlaySpec spec, Namespace namespace, Path target) {
    this.spec = spec;
    this.namespace = namespace;
    this.target = target;
  }

  Made mount() throws IOException {
    if (spec.ephemeral().isEmpty()) {
      return mount(spec, Optional.empty());
    }
    EphemeralUpper upper = EphemeralUpper.make(spec, namespace, target);
    try {
      return mount(upper.in(spec), Optional.of(upper));
    } catch (IOException | RuntimeException e) {
      namespace.run(MountPrograms.leave());
      upper.close();
      throw e;
    }
  }

  /** Mounts, and takes the view out of the namespace by a descriptor. */
  OverlayMount mountAlone() throws IOException {
    Made made = mount();
    try {
      Descriptor root = Descriptor.open(namespace.seen(target), Open.PATH | Open.DIRECTORY);
      try {
        return PrivateMount.of(RootlessMount.BACKEND, spec, root, made.holdings());
      } catch (IOException | RuntimeException e) {
        root.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      made.holdings().close();
      throw e;
    }
  }

  private Made mount(OverlaySpec whole, Optional<EphemeralUpper> upper) throws IOException {
    LayerHandles handles = LayerHandles.open(whole);
    try {
      if (!handles.secure()) {
        throw new IOException("a layer or the mount point was in use a moment ago");
      }
      FileId id = mount(whole, upper, handles);
      return new Made(id, new Holdings(handles, upper));
    } catch (IOException | RuntimeException e) {
      handles.close();
      throw e;
    }
  }

  private FileId mount(OverlaySpec whole, Optional<EphemeralUpper> upper, LayerHandles handles)
      throws IOException {
    SettledUpper.settle(whole, STORE);
    HiddenPaths hidden = PrivatePaths.hide(whole, STORE);
    KernelTraces traces = KernelTraces.before(whole, handles);
    try {
      boolean inMemory = upper.filter(EphemeralUpper::isInMemory).isPresent();
      try {
        MountData data = new LayerLinks(namespace, target, inMemory).data(whole);
        Answer answer = namespace.run(MountPrograms.overlay(whole, data, target));
        if (!answer.succeeded()) {
          throw new RefusedException(answer.words());
        }
      } finally {
        namespace.run(MountPrograms.leave());
      }
      return verified(whole);
    } catch (IOException e) {
      traces.remove(whole, handles);
      try {
        hidden.show(whole, STORE);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /** Undoes a mount that is not what was asked for. */
  private FileId verified(OverlaySpec whole) throws IOException {
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
      List<Problem> problems = OptionsInForce.differences(whole, record.get());
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      return FileId.of(root);
    } catch (IOException e) {
      namespace.run(MountPrograms.unmountLazily(target));
      throw e;
    }
  }
}
