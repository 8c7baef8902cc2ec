package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A view that is mounted nowhere: it exists by a descriptor of this process, and is gone with it.
 * No mount table shows it. The kernel does not tell whether it is in use, so that is looked for
 * before the descriptor is closed; whoever opens something in the view in this very moment keeps it
 * alive, unseen, until they let go. A mapped file is found on kernels that lead from the mapping to
 * the view (Linux 6.5 and later), by who may follow {@code /proc/PID/map_files}.
 */
public final class PrivateMount implements OverlayMount {
  private final String backend;
  private final OverlaySpec spec;
  private final Descriptor root;
  private final FileId id;
  private final Path path;
  private final Closeable layers;
  private volatile boolean mounted = true;

  private PrivateMount(
      String backend, OverlaySpec spec, Descriptor root, FileId id, Closeable layers) {
    this.backend = backend;
    this.spec = spec;
    this.root = root;
    this.id = id;
    this.layers = layers;
    path = root.pathOfDirectory();
  }

  /**
   * Makes the handle of a mount.
   *
   * @param backend whose mount it is
   * @param spec what is mounted
   * @param root what fsmount(2) has returned, taken over and closed when it is unmounted
   * @param layers closed when it is unmounted: the locks that keep merges away
   * @return the handle
   * @throws SyscallException if it cannot be told which mount it is; nothing is closed then
   */
  public static PrivateMount of(String backend, OverlaySpec spec, Descriptor root, Closeable layers)
      throws SyscallException {
    FileId id = FileId.of(root);
    return new PrivateMount(backend, spec, root.outOfTheWay(), id, layers);
  }

  @Override
  public Path root() {
    return path;
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public String backend() {
    return backend;
  }

  @Override
  public boolean isMounted() {
    return mounted;
  }

  @Override
  public synchronized void remount(boolean readOnly) throws OverlayException {
    if (!mounted) {
      throw Remounting.refused(path, "it is not mounted any more");
    }
    Remounting.of(spec, root, readOnly, path, HeldMount.by(root, path, id));
  }

  @Override
  public synchronized List<Problem> holders() {
    return mounted ? Holders.of(HeldMount.by(root, path, id)) : List.of();
  }

  @Override
  public synchronized void close(UnmountOptions options) throws OverlayException {
    if (!isMounted()) {
      return;
    }
    List<Problem> holders = new ArrayList<>();
    boolean idle =
        Patience.of(
            options,
            () -> {
              holders.clear();
              holders.addAll(holders());
              return holders.isEmpty();
            });
    if (!idle && !options.lazy()) {
      throw Holders.refusal(path, holders);
    }
    mounted = false;
    root.close();
    closeLayers();
  }

  private void closeLayers() throws OverlayException {
    try {
      layers.close();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.UNMOUNT_REFUSED,
                  path,
                  "What belongs to the layers cannot be closed: " + e + ".",
                  "Look at the cause; the view is gone.")),
          e);
    }
  }

  @Override
  public String toString() {
    return "PrivateMount[" + path + ", " + spec + "]";
  }
}
