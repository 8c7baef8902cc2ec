package dev.overlays.linux.fuse;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.mount.MountHolders;
import dev.overlays.linux.mount.RetryBackoff;
import dev.overlays.linux.mount.UnmountProblems;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.FuseDaemon;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Unmounts one view, waiting for those who use it as long as is asked. */
final class FuseUnmount {
  private final OverlaySpec spec;
  private final FileId id;

  FuseUnmount(OverlaySpec spec, FileId id) {
    this.spec = spec;
    this.id = id;
  }

  void run(UnmountOptions options) throws OverlayException {
    if (RetryBackoff.ofUnmount(options, this::tryToUnmount, this::holders)) {
      return;
    }
    Optional<Path> place = presentPlace();
    if (place.isPresent() && !options.lazy()) {
      throw MountHolders.busyRefusal(place.get(), holders());
    }
    if (place.isPresent()) {
      UnmountCall.UnmountResult answer = UnmountCall.of(place.get(), true);
      if (!answer.done()) {
        throw refusedUnmount(place.get(), answer);
      }
    }
  }

  private List<Problem> holders() {
    try {
      return presentPlace().map(place -> MountHolders.holdersAt(place, id)).orElse(List.of());
    } catch (OverlayException e) {
      return List.of();
    }
  }

  /** Whether it is gone, and not kept by its users. */
  private boolean tryToUnmount() throws OverlayException {
    Optional<Path> place = presentPlace();
    if (place.isEmpty()) {
      return true;
    }
    Optional<FuseDaemon> daemon = FuseDaemon.daemonAt(place.get());
    UnmountCall.UnmountResult answer = UnmountCall.of(place.get(), false);
    if (answer.busy()) {
      ProcessSpawning.awaitDescriptors();
      answer = UnmountCall.of(place.get(), false);
    }
    if (!answer.done() && !answer.busy()) {
      throw refusedUnmount(place.get(), answer);
    }
    if (answer.done()) {
      daemon.ifPresent(served -> new UnmountCompletion(spec).run(served));
    }
    return answer.done();
  }

  /** Where the mount is now; empty if it is gone. */
  Optional<Path> presentPlace() throws OverlayException {
    try {
      Optional<MountRecord> record = MountTable.findMount(id);
      if (record.isEmpty()) {
        return Optional.empty();
      }
      Path place = record.get().mountPoint();
      MountRecord top = record.get();
      for (MountRecord other : MountTable.ofThisProcess()) {
        if (other.mountPoint().equals(place)) {
          top = other;
        }
      }
      if (top.id() != record.get().id()) {
        throw UnmountProblems.coveredMount(place);
      }
      return Optional.of(place);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw UnmountProblems.tableUnreadable(spec.mountPoint().orElseThrow(), e);
    }
  }

  private static OverlayException refusedUnmount(Path place, UnmountCall.UnmountResult answer) {
    return new OverlayException(
        Problem.of(
            ProblemCode.UNMOUNT_REFUSED,
            place,
            "The view is not unmounted: " + answer.words() + ".",
            "Unmount it as the user who mounted it, or as root."));
  }
}
