package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.mount.KernelTraces;
import dev.overlays.linux.mount.LayerHandles;
import dev.overlays.linux.mount.OptionsInForce;
import dev.overlays.linux.mount.SettledUpper;
import dev.overlays.linux.mount.UndoneMounting;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.ShellCommand;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One attempt to mount a spec at a place in a namespace. When it fails, nothing is left. */
final class MountAttempt {
  private static final LayerStore STORE = new NativeLayerStore();

  private final OverlaySpec spec;
  private final ViewPlace place;
  private final Optional<MemoryBelow> memory;

  /**
   * Prepares an attempt.
   *
   * @param spec what is mounted: not an ephemeral one any more
   * @param memory what the upper is on, if that was made for it
   */
  MountAttempt(OverlaySpec spec, ViewPlace place, Optional<MemoryBelow> memory) {
    this.spec = spec;
    this.place = place;
    this.memory = memory;
  }

  OverlaySpec spec() {
    return spec;
  }

  ViewPlace place() {
    return place;
  }

  /**
   * Mounts, and returns an identity of the root; the layers are locked as long as they are open.
   */
  FileId mount(LayerHandles layers) throws IOException {
    layers.secure();
    SettledUpper.settle(spec, STORE);
    KernelTraces traces = KernelTraces.before(spec, layers);
    return UndoneMounting.run(
        spec,
        this::mountVerified,
        () -> {
          undo();
          traces.remove(spec, layers);
        });
  }

  private FileId mountVerified() throws IOException {
    run();
    return verified();
  }

  private void run() throws IOException {
    try (LayerLinks links = new LayerLinks(place, memory)) {
      MountData data = links.data(spec);
      ShellCommand command = MountPrograms.overlay(spec, data, place.path()).within(place.parts());
      CommandResult answer = place.namespace().run(command);
      if (!answer.succeeded()) {
        throw new RefusedException(answer.words());
      }
    }
  }

  /** What it was told is done by the shell before this, even if it was too late with the answer. */
  private void undo() {
    UserNamespace namespace = place.namespace();
    ShellCommand command = MountPrograms.unmountLazily(place.path());
    if (namespace.isSilent()) {
      namespace.post(command);
      return;
    }
    try {
      namespace.run(command);
    } catch (OverlayException e) {
      // It has ended, and the mount with it, or does it later.
    }
  }

  private FileId verified() throws IOException {
    byte[] root = PathBytes.of(place.seen());
    long tableId = FileId.withTableId(root).mountId();
    Optional<MountRecord> record =
        MountTable.ofProcess(Long.toString(place.namespace().pid())).stream()
            .filter(mount -> mount.id() == tableId && mount.isOverlay())
            .findFirst();
    if (record.isEmpty()) {
      throw new IOException("mount(8) has mounted something else, or nothing");
    }
    List<Problem> problems = OptionsInForce.differences(spec, record.get());
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    return FileId.of(root);
  }
}
