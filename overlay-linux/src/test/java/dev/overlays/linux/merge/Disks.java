package dev.overlays.linux.merge;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The file systems of a test, in images that can be saved and restored. */
final class Disks {
  private final Sandbox sandbox;
  private final Map<Path, Path> images = new LinkedHashMap<>();

  /** The images are in memory. */
  Disks(Sandbox sandbox) throws IOException {
    this.sandbox = sandbox;
    sandbox.tmpfs("disks");
  }

  /** Makes a file system and mounts it. */
  Path make(String name, String fileSystem) throws IOException {
    Path mountPoint = sandbox.image("disks/" + name, fileSystem, 320);
    images.put(mountPoint, sandbox.path("disks/" + name + ".img"));
    return mountPoint;
  }

  Set<Path> mountPoints() {
    return images.keySet();
  }

  Path first() {
    return List.copyOf(mountPoints()).get(0);
  }

  Path last() {
    return List.copyOf(mountPoints()).get(images.size() - 1);
  }

  /** Saves the current state of all images. */
  void keep() throws IOException {
    for (Path mountPoint : mountPoints()) {
      sandbox.unmount(mountPoint);
      copy(images.get(mountPoint), kept(mountPoint));
      mount(mountPoint);
    }
  }

  /** Restores the saved images. */
  void bringBack() throws IOException {
    for (Path mountPoint : mountPoints()) {
      sandbox.unmount(mountPoint);
      copy(kept(mountPoint), images.get(mountPoint));
      mount(mountPoint);
    }
  }

  /** Mounts the disks again, which replays their journals. */
  void mountAgain() throws IOException {
    for (Path mountPoint : mountPoints()) {
      sandbox.unmount(mountPoint);
      mount(mountPoint);
    }
  }

  private void mount(Path mountPoint) throws IOException {
    String relative = sandbox.root().relativize(mountPoint).toString();
    sandbox.mount(relative, "-o", "loop", images.get(mountPoint).toString());
  }

  private Path kept(Path mountPoint) {
    return mountPoint.resolveSibling(mountPoint.getFileName() + ".kept");
  }

  private static void copy(Path from, Path to) throws IOException {
    Sandbox.run("cp", "--sparse=always", from.toString(), to.toString());
  }
}
