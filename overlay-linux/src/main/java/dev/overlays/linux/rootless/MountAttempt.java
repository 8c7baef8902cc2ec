package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.mount.FuseUpperConversion;
import dev.overlays.linux.mount.GuardedMounting;
import dev.overlays.linux.mount.KernelTraces;
import dev.overlays.linux.mount.LayerHandles;
import dev.overlays.linux.mount.OptionsInForce;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.ShellCommand;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One attempt to mount a spec at a place in a namespace. If it fails, it leaves nothing behind. */
final class MountAttempt {
  private final OverlaySpec spec;
  private final ViewPlace place;
  private final Optional<UpperMemory> memory;

  /**
   * Prepares an attempt.
   *
   * @param spec the spec to mount; an ephemeral one has its upper already
   * @param memory the file system of the upper, if it was created for the view
   */
  MountAttempt(OverlaySpec spec, ViewPlace place, Optional<UpperMemory> memory) {
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
   * Mounts, and returns an identity of the root. The layers stay locked until their handles are
   * closed.
   */
  FileId mountOverlay(LayerHandles layers) throws IOException {
    layers.lockAndCheckLayers();
    FuseUpperConversion.convertIfMarked(spec, layers);
    KernelTraces traces = KernelTraces.recordBeforeMount(spec, layers);
    return GuardedMounting.run(
        spec,
        this::mountVerified,
        () -> {
          undoMount();
          traces.removeTraces(spec, layers);
        });
  }

  private FileId mountVerified() throws IOException {
    runMountProgram();
    return verifiedId();
  }

  private void runMountProgram() throws IOException {
    try (LayerLinks links = new LayerLinks(place, memory)) {
      MountData data = links.mountData(spec);
      ShellCommand command =
          MountCommands.overlayCommand(spec, data, place.pathInside())
              .runWithin(place.makePartsDirectory());
      CommandResult answer = place.viewNamespace().run(command);
      if (!answer.hasSucceeded()) {
        throw new MountProgramException(answer.words());
      }
    }
  }

  /**
   * Unmounts the view. The shell has finished the mount command by then, even if its answer came
   * too late.
   */
  private void undoMount() {
    UserNamespace namespace = place.viewNamespace();
    ShellCommand command = MountCommands.lazyUnmountCommand(place.pathInside());
    if (namespace.isSilent()) {
      namespace.postCommand(command);
      return;
    }
    try {
      namespace.run(command);
    } catch (OverlayException e) {
      // The shell has ended, and the mount with it, or it unmounts later.
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
