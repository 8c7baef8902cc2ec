package dev.overlays.linux.merge;

import dev.overlays.linux.Sandbox;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/** Simulates a power loss before an operation, after syncing some of the disks. */
final class PowerCut implements FaultyLayerStore.OperationHook {
  /** Shuts a file system down without a flush of its log; ext4 and xfs have one number for that. */
  private static final String SHUT_DOWN =
      "open(my $f, '<', $ARGV[0]) or die $!; my $flags = pack('L', 2);"
          + " ioctl($f, 0x8004587D, $flags) or die $!";

  private final Collection<Path> disks;
  private final long deadly;
  private final Path synced;
  private final long sync;
  private long operations;

  /**
   * Plans it.
   *
   * @param disks the mount points of those that lose power
   * @param deadly before which operation, from 1
   * @param synced one of them
   * @param sync before which operation everything on that one gets onto the disk; 0 for never
   */
  PowerCut(Collection<Path> disks, long deadly, Path synced, long sync) {
    this.disks = disks;
    this.deadly = deadly;
    this.synced = synced;
    this.sync = sync;
  }

  @Override
  public void beforeChange(FileOperation operation, String path) throws IOException {
    operations++;
    if (operations == sync) {
      Sandbox.run("sync", "-f", synced.toString());
    }
    if (operations == deadly) {
      for (Path disk : disks) {
        Sandbox.run("perl", "-e", SHUT_DOWN, disk.toString());
      }
    }
  }

  @Override
  public String toString() {
    return "cut at "
        + deadly
        + (sync == 0 ? "" : ", " + synced.getFileName() + " synced at " + sync);
  }
}
