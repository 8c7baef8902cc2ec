package dev.overlays.linux.bench;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system with the layers of the workload, of which every shot gets a fresh copy. It is an
 * image on a tmpfs, so that disks make no difference, or a directory of the tmpfs itself.
 *
 * @param root a directory of the tmpfs
 * @param fileSystem its type
 */
record WorkloadDisk(Path root, String fileSystem) {
  static final String ROOT = "bench.root";

  /** Lists everything that a merge must not change, one line per entry. */
  private static final String LIST =
      """
      cd "$1"
      find . -mindepth 1 \\( -type d -printf '%P %y %m %U %G %T@\\n' \\) \\
          -o -printf '%P %y %m %U %G %T@ %s %l\\n' | sort | md5sum
      """;

  /** Opens the file system in the process that measures. */
  static WorkloadDisk of(String fileSystem) {
    return new WorkloadDisk(Path.of(System.getProperty(ROOT)), fileSystem);
  }

  Path floorProgram() {
    return root.resolve("floor");
  }

  /** Where the copy is. */
  Path copyRoot() {
    return root.resolve("run");
  }

  private Path masterImage() {
    return root.resolve(fileSystem + ".master");
  }

  private Path expectedListing() {
    return root.resolve(fileSystem + ".expected");
  }

  private boolean isTmpfs() {
    return fileSystem.equals("tmpfs");
  }

  /** Makes the workload; called once. */
  void makeWorkload(double scale) throws IOException {
    Files.createDirectories(copyRoot());
    if (isTmpfs()) {
      Files.createDirectory(masterImage());
    } else {
      Sandbox.run("truncate", "-s", "4G", masterImage().toString());
      Sandbox.run(makeFileSystem().toArray(String[]::new));
      Sandbox.run("mount", "-o", "loop", masterImage().toString(), copyRoot().toString());
    }
    Path layers = isTmpfs() ? masterImage() : copyRoot();
    BenchWorkload.makeLayers(layers, scale);
    mountView(layers);
    Files.writeString(expectedListing(), listEntries(layers.resolve("mnts")));
    Sandbox.run("umount", layers.resolve("mnts").toString());
    if (!isTmpfs()) {
      Sandbox.run("umount", copyRoot().toString());
    }
  }

  private List<String> makeFileSystem() {
    String image = masterImage().toString();
    return fileSystem.equals("ext4")
        ? List.of("mkfs.ext4", "-q", "-N", "700000", "-E", "lazy_itable_init=0", image)
        : List.of("mkfs." + fileSystem, "-q", image);
  }

  /** Makes a fresh copy, and reads all its metadata once. */
  void makeCopy() throws IOException {
    if (isTmpfs()) {
      Sandbox.run("cp", "-a", masterImage() + "/.", copyRoot().toString());
    } else {
      Path image = root.resolve("run.img");
      Sandbox.run("cp", "--sparse=always", masterImage().toString(), image.toString());
      Sandbox.run("mount", "-o", "loop", image.toString(), copyRoot().toString());
    }
    Sandbox.run("sh", "-c", "find \"$1\" -ls >/dev/null", "sh", copyRoot().toString());
    Sandbox.run("sync");
  }

  /** Mounts an empty file system in place of the copy. */
  void mountEmpty() throws IOException {
    Files.createDirectories(copyRoot());
    if (!isTmpfs()) {
      Path image = root.resolve("run.img");
      Sandbox.run("truncate", "-s", "2G", image.toString());
      Sandbox.run("mkfs." + fileSystem, "-q", image.toString());
      Sandbox.run("mount", "-o", "loop", image.toString(), copyRoot().toString());
    }
  }

  /** Removes the copy. */
  void discardCopy() throws IOException {
    if (isTmpfs()) {
      Sandbox.run("sh", "-ec", "rm -rf \"$1\"/*", "sh", copyRoot().toString());
    } else {
      Sandbox.run("umount", copyRoot().toString());
      Files.delete(root.resolve("run.img"));
    }
  }

  /** Mounts the view of the copy, and reads all its metadata once. */
  void mountView() throws IOException {
    mountView(copyRoot());
    Path view = copyRoot().resolve("mnts");
    Sandbox.run("sh", "-c", "find \"$1\" -ls >/dev/null", "sh", view.toString());
  }

  private static void mountView(Path layers) throws IOException {
    String options =
        "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work".formatted(layers, layers, layers);
    Sandbox.run(
        "mount", "-t", "overlay", "overlay", layers.resolve("mnts").toString(), "-o", options);
  }

  void unmountView() throws IOException {
    Sandbox.run("umount", copyRoot().resolve("mnts").toString());
  }

  /** Fails unless a directory has exactly the entries that the view had. */
  void verifyResult(Path result) throws IOException {
    if (!listEntries(result).equals(Files.readString(expectedListing()))) {
      throw new IOException(result + " on " + fileSystem + " is not what the view was");
    }
  }

  private static String listEntries(Path directory) throws IOException {
    return Sandbox.run("sh", "-ec", LIST, "sh", directory.toString());
  }
}
