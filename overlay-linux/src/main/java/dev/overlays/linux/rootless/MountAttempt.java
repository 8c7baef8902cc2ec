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

  OverlaySpec viewSpec() {
    return spec;
  }

  ViewPlace viewPlace() {
    return place;
  }

  /**
   * Mounts, and returns an identity of the root; the layers are locked as long as they are open.
   */
  FileId mountOverlay(LayerHandles layers) throws IOException {
    layers.secureUpper();
    SettledUpper.settleUpper(spec, STORE);
    KernelTraces traces = KernelTraces.tracesBefore(spec, layers);
    return UndoneMounting.run(
        spec,
        this::mountVerified,
        () -> {
          undoMount();
          traces.removeTraces(spec, layers);
        });
  }

  private FileId mountVerified() throws IOException {
    run();
    return verifiedId();
  }

  private void run() throws IOException {
    try (LayerLinks links = new LayerLinks(place, memory)) {
      MountData data = links.mountData(spec);
      ShellCommand command =
          MountPrograms.overlayCommand(spec, data, place.pathInside())
              .runWithin(place.placeParts());
      CommandResult answer = place.viewNamespace().run(command);
      if (!answer.hasSucceeded()) {
        throw new RefusedException(answer.words());
      }
    }
  }

  /** What it was told is done by the shell before this, even if it was too late with the answer. */
  private void undoMount() {
    UserNamespace namespace = place.viewNamespace();
    ShellCommand command = MountPrograms.unmountLazily(place.pathInside());
    if (namespace.isSilent()) {
      namespace.postCommand(command);
      return;
    }
    try {
      namespace.run(command);
    } catch (OverlayException e) {
      // It has ended, and the mount with it, or does it later.
    }
  }

  private FileId verifiedId() throws IOException {
    byte[] root = PathBytes.of(place.pathSeenHere());
    long tableId = FileId.withTableId(root).mountId();
    Optional<MountRecord> record =
        MountTable.ofProcess(Long.toString(place.viewNamespace().processId())).stream()
            .filter(mount -> mount.id() == tableId && mount.isOverlay())
            .findFirst();
    if (record.isEmpty()) {
      throw new IOException("mount(8) has mounted something else, or nothing");
    }
    List<Problem> problems = OptionsInForce.listDifferences(spec, record.get());
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    return FileId.of(root);
  }
}
