package dev.overlays.linux.machines;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.machines.LockFile.OpenedLockFile;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.table.MountNamespaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes that hold the locks of one mounted view, one for each lower that is shared. */
public final class LockKeepers {
  private final List<LockKeeper> keepers = new ArrayList<>();
  private String device = "";

  LockKeepers() {}

  void add(LockKeeper keeper) {
    keepers.add(keeper);
  }

  /**
   * Tells them that the view is mounted.
   *
   * @param root the identity of its root
   * @throws IOException if one of them has been killed
   */
  public void tellMounted(FileId root) throws IOException {
    device = deviceOf(root);
    for (LockKeeper keeper : keepers) {
      keeper.tellMounted(device);
    }
  }

  private static String deviceOf(FileId root) {
    return (root.device() >>> Integer.SIZE) + ":" + (root.device() & 0xffffffffL);
  }

  /** Ends them, and their locks, because the view is not mounted. */
  public void end() {
    keepers.forEach(LockKeeper::end);
  }

  /**
   * Ends them, and their locks, after the view was unmounted, unless another mount namespace still
   * has a copy of it: then they end with that.
   */
  public void endIfGone() {
    if (!keepers.isEmpty() && !isShown(device)) {
      end();
    }
  }

  private static boolean isShown(String device) {
    return MountNamespaces.representativePids().stream()
        .flatMap(pid -> MountNamespaces.tableOf(pid).stream())
        .anyMatch(mount -> mount.device().equals(device));
  }

  /**
   * Ends those of a view that another process has mounted, and that is unmounted now.
   *
   * @param spec what was mounted
   * @param mountPoint where
   * @param root the identity of its root
   */
  public static void endThoseOf(OverlaySpec spec, Path mountPoint, FileId root) {
    List<Path> lowers = new ArrayList<>(spec.lowers());
    lowers.addAll(spec.dataLowers());
    for (Path path : lowers) {
      try (Descriptor lower = Descriptor.open(path, OpenFlags.RDONLY | OpenFlags.DIRECTORY)) {
        if (NetworkFileSystem.carriesLocksOf(lower) && !isShown(deviceOf(root))) {
          endThoseOf(lower, mountPoint);
        }
      } catch (IOException e) {
        // They find out by themselves within seconds.
      }
    }
  }

  private static void endThoseOf(Descriptor lower, Path mountPoint) throws IOException {
    Optional<OpenedLockFile> opened = LockFile.open(lower, false);
    if (opened.isEmpty()) {
      return;
    }
    try (LowerLock lock = new LowerLock(opened.get())) {
      for (HolderRecord holder : lock.listKnownHolders()) {
        if (holder.isOnThisMachine() && holder.isAt(mountPoint.toString())) {
          LockKeeper.endKeeper(holder.process(), mountPoint);
        }
      }
    }
  }
}
