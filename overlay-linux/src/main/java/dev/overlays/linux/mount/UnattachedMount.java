package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A view in a {@link DetachedTree}: it exists through a descriptor of this process, and ends with
 * it. No mount table shows it. The kernel does not say whether it is in use, so its holders are
 * searched for before the descriptor is closed. A process that opens a file of the view at that
 * moment keeps it alive, unseen, until it closes the file. Mapped files are found on kernels where
 * the mapping leads to the view (Linux 6.5 and later), if this process may follow {@code
 * /proc/PID/map_files}.
 */
final class UnattachedMount implements OverlayMount {
  private final OverlaySpec spec;
  private final DetachedTree tree;
  private final FileId id;
  private final Path path;
  private final LayerHandles layers;
  private volatile boolean mounted = true;

  /**
   * Makes the handle of a mount.
   *
   * @param spec what is mounted
   * @param tree holds the view; closed by this handle
   * @param id an identity of the root of the view
   * @param layers hold the locks that keep merges away; closed when the view is unmounted
   */
  UnattachedMount(OverlaySpec spec, DetachedTree tree, FileId id, LayerHandles layers) {
    this.spec = spec;
    this.tree = tree;
    this.id = id;
    this.layers = layers;
    path = tree.viewPath();
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
    return KernelMount.BACKEND;
  }

  @Override
  public boolean isMounted() {
    return mounted;
  }

  @Override
  public synchronized void remount(boolean readOnly) throws OverlayException {
    if (!mounted) {
      throw AccessRemount.refusedRemount(path, "it is not mounted any more");
    }
    try (Descriptor root = Descriptor.open(path, OpenFlags.PATH)) {
      AccessRemount.remountFileSystem(spec, root, readOnly, path, heldMount());
    } catch (SyscallException e) {
      throw AccessRemount.refusedRemount(path, e.errno().text());
    }
  }

  private InspectedMount heldMount() {
    return InspectedMount.unattachedMount(tree.pathInTree(), path, id);
  }

  @Override
  public synchronized List<Problem> holders() {
    return mounted ? MountHolders.of(heldMount()) : List.of();
  }

  @Override
  public synchronized void close(UnmountOptions options) throws OverlayException {
    if (!mounted) {
      return;
    }
    List<Problem> holders = new ArrayList<>();
    boolean idle =
        RetryBackoff.retryWithin(
            options,
            () -> {
              holders.clear();
              holders.addAll(holders());
              return holders.isEmpty();
            });
    if (!idle && !options.lazy()) {
      throw MountHolders.busyRefusal(path, holders);
    }
    mounted = false;
    tree.close();
    layers.close();
  }

  @Override
  public String toString() {
    return "UnattachedMount[" + path + ", " + spec + "]";
  }
}
