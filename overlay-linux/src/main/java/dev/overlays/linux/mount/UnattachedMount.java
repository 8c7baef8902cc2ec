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
 * A view in a {@link DetachedTree}: it exists by a descriptor of this process, and is gone with it.
 * No mount table shows it. The kernel does not tell whether it is in use, so that is looked for
 * before the descriptor is closed; whoever opens something in the view in this very moment keeps it
 * alive, unseen, until they let go. A mapped file is found on kernels that lead from the mapping to
 * the view (Linux 6.5 and later), by who may follow {@code /proc/PID/map_files}.
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
   * @param tree holds the view, taken over
   * @param id an identity of the root of the view
   * @param layers closed when it is unmounted: the locks that keep merges away
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
      AccessRemount.wholeFileSystem(spec, root, readOnly, path, heldMount());
    } catch (SyscallException e) {
      throw AccessRemount.refusedRemount(path, e.errno().text());
    }
  }

  private HeldMount heldMount() {
    return HeldMount.unattachedMount(tree.treePlace(), path, id);
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
        RetryBackoff.of(
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
