package dev.overlays.linux.rootless;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.mount.Holders;
import dev.overlays.linux.mount.LayerHandles;
import dev.overlays.linux.mount.Patience;
import dev.overlays.linux.mount.UnmountProblems;
import dev.overlays.linux.namespace.Answer;
import dev.overlays.linux.namespace.Namespace;
import dev.overlays.linux.namespace.ShellCommand;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A view in the namespace that the views of this JVM share, known by its mount ID. When that is
 * gone, whoever has ended it, so is the view.
 */
public final class RootlessMount implements OverlayMount {
  /** The name of the backend. */
  public static final String BACKEND = "rootless";

  private final OverlaySpec spec;
  private final SharedNamespace.Lease lease;
  private final Namespace namespace;
  private final Path place;
  private final MountAttempt.Root mounted;
  private final LayerHandles layers;
  private final Optional<MemoryBelow> memory;
  private volatile boolean gone;

  RootlessMount(
      MountAttempt attempt,
      SharedNamespace.Lease lease,
      Path place,
      MountAttempt.Root mounted,
      LayerHandles layers) {
    this.spec = attempt.spec();
    this.memory = attempt.memory();
    this.lease = lease;
    this.namespace = lease.namespace();
    this.place = place;
    this.mounted = mounted;
    this.layers = layers;
  }

  @Override
  public Path root() {
    return namespace.seen(place);
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public String backend() {
    return BACKEND;
  }

  /** A view that is gone, by whatever end, needs nothing any more. */
  @Override
  public boolean isMounted() {
    if (!gone && !(namespace.isAlive() && (isOnTop() || isCovered()))) {
      release();
    }
    return !gone;
  }

  private void release() {
    gone = true;
    layers.close();
    lease.close();
  }

  private boolean isOnTop() {
    return mounted.id().isMountedAt(PathBytes.of(root()));
  }

  /** By a mount of another ID: one of the same was given it because this one is gone. */
  private boolean isCovered() {
    try {
      return FileId.withTableId(PathBytes.of(root())).mountId() != mounted.tableId()
          && MountTable.ofProcess(Long.toString(namespace.pid())).stream()
              .anyMatch(mount -> mount.id() == mounted.tableId() && isHere(mount));
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isHere(MountRecord mount) {
    return mount.isOverlay() && mount.mountPoint().equals(place);
  }

  @Override
  public ProcessBuilder command(List<String> command) {
    return new ProcessBuilder(namespace.entering(place, command));
  }

  @Override
  public synchronized void close(UnmountOptions options) throws OverlayException {
    unmount(options);
    release();
  }

  private void unmount(UnmountOptions options) throws OverlayException {
    boolean gone = Patience.of(options, () -> tryToUnmount(MountPrograms.unmount(place)));
    if (!gone && !(options.lazy() && tryToUnmount(MountPrograms.unmountLazily(place)))) {
      throw busy();
    }
  }

  /** Whether it is gone, and not kept by its users. */
  private boolean tryToUnmount(ShellCommand command) throws OverlayException {
    synchronized (namespace) {
      if (!isMounted()) {
        return true;
      }
      if (!isOnTop()) {
        throw UnmountProblems.covered(root());
      }
      Answer answer = namespace.run(command);
      if (!answer.succeeded() && !answer.saysBusy()) {
        throw new OverlayException(
            Problem.of(
                ProblemCode.UNMOUNT_REFUSED,
                root(),
                "The kernel does not unmount: " + answer.words() + ".",
                "Look at /proc/" + namespace.pid() + "/mountinfo, and report this."));
      }
      if (answer.succeeded() && memory.isPresent()) {
        memory.get().uncover();
      }
      return answer.succeeded();
    }
  }

  @Override
  public List<Problem> holders() {
    return isMounted() ? Holders.in(namespace.pid(), place, root(), mounted.id()) : List.of();
  }

  private OverlayException busy() {
    return Holders.refusal(root(), holders());
  }

  @Override
  public synchronized void remount(boolean readOnly) throws OverlayException {
    boolean writable = !readOnly;
    if (writable && !spec.hasUpper()) {
      throw new OverlayException(
          notRemounted("There is no upper that could take what is written."));
    }
    ShellCommand command = MountPrograms.remount(spec, readOnly, place);
    if (writable && spec.attributes().contains(MountAttribute.READ_ONLY)) {
      command = MountPrograms.makeWritable(place).and(command);
    }
    synchronized (namespace) {
      if (!isOnTop()) {
        throw new OverlayException(notRemounted("It is not mounted any more, or covered."));
      }
      Answer answer = namespace.run(command);
      if (answer.saysBusy()) {
        throw busy();
      }
      if (!answer.succeeded()) {
        throw new OverlayException(notRemounted(answer.words() + "."));
      }
    }
  }

  private Problem notRemounted(String why) {
    return Problem.of(
        ProblemCode.REMOUNT_REFUSED,
        root(),
        "The view cannot be changed: " + why,
        "Unmount it, and mount it as it should be.");
  }

  @Override
  public String toString() {
    return "RootlessMount[" + root() + ", " + spec + "]";
  }
}
