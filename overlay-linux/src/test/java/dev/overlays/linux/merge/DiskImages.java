package dev.overlays.linux.merge;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The file systems of a test, in images that can be saved and restored. */
final class DiskImages {
  private final Sandbox sandbox;
  private final Map<Path, Path> images = new LinkedHashMap<>();

  /** The images are in memory. */
  DiskImages(Sandbox sandbox) throws IOException {
    this.sandbox = sandbox;
    sandbox.mountTmpfs("disks");
  }

  /** Makes a file system and mounts it. */
  Path makeDisk(String name, String fileSystem) throws IOException {
    Path mountPoint = sandbox.mountImage("disks/" + name, fileSystem, 320);
    images.put(mountPoint, sandbox.path("disks/" + name + ".img"));
    return mountPoint;
  }

  Set<Path> mountPoints() {
    return images.keySet();
  }

  Path firstDisk() {
    return List.copyOf(mountPoints()).get(0);
  }

  Path lastDisk() {
    return List.copyOf(mountPoints()).get(images.size() - 1);
  }

  /** Saves the current state of all images. */
  void keepImages() throws IOException {
    for (Path mountPoint : mountPoints()) {
      sandbox.unmount(mountPoint);
      copyImage(images.get(mountPoint), keptImage(mountPoint));
      mountImage(mountPoint);
    }
  }

  /** Restores the saved images. */
  void bringBack() throws IOException {
    for (Path mountPoint : mountPoints()) {
      sandbox.unmount(mountPoint);
      copyImage(keptImage(mountPoint), images.get(mountPoint));
      mountImage(mountPoint);
    }
  }

  /** Mounts the disks again, which replays their journals. */
  void mountAgain() throws IOException {
    for (Path mountPoint : mountPoints()) {
      sandbox.unmount(mountPoint);
      mountImage(mountPoint);
    }
  }

  private void mountImage(Path mountPoint) throws IOException {
    String relative = sandbox.root().relativize(mountPoint).toString();
    sandbox.mountAt(relative, "-o", "loop", images.get(mountPoint).toString());
  }

  private Path keptImage(Path mountPoint) {
    return mountPoint.resolveSibling(mountPoint.getFileName() + ".kept");
  }

  private static void copyImage(Path from, Path to) throws IOException {
    Sandbox.run("cp", "--sparse=always", from.toString(), to.toString());
  }
}
