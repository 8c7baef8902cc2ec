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

  /** The size of a workload. */
  static final String SCALE = "bench.scale";

  /** Lists everything that a merge must not change, one line per entry. */
  private static final String LIST =
      """
      cd "$1"
      find . -mindepth 1 \\( -type d -printf '%P %y %m %U %G %T@\\n' \\) \\
          -o -printf '%P %y %m %U %G %T@ %s %l\\n' | sort | md5sum
      """;

  /** Lists what the lower has and the view has not. */
  private static final String LIST_DELETED =
      """
      cd "$1"
      list() { (cd "$1" && find . -mindepth 1 -printf '%P\n' | sort); }
      list mnts >shown
      list lower | comm -23 - shown
      rm shown
      """;

  /** Opens the file system in the process that measures. */
  static WorkloadDisk of(String fileSystem) {
    return new WorkloadDisk(Path.of(System.getProperty(ROOT)), fileSystem);
  }

  /** Where the lower of a second copy is, on a file system of its own. */
  Path lowerElsewhere() {
    return elsewhere().resolve("lower");
  }

  private Path elsewhere() {
    return root.resolve("elsewhere");
  }

  /** Lists what the upper deletes from the lower, one path per line. */
  Path deletedListing() {
    return root.resolve(fileSystem + ".deleted");
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
    Files.writeString(
        deletedListing(), Sandbox.run("sh", "-ec", LIST_DELETED, "sh", layers.toString()));
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

  /** Makes a second fresh copy on another file system of the same type. */
  void makeCopyElsewhere() throws IOException {
    Files.createDirectories(elsewhere());
    if (isTmpfs()) {
      Sandbox.run("mount", "-t", "tmpfs", "-o", "size=90%", "bench", elsewhere().toString());
      Sandbox.run("cp", "-a", masterImage() + "/lower", elsewhere().toString());
    } else {
      Path image = root.resolve("elsewhere.img");
      Sandbox.run("cp", "--sparse=always", masterImage().toString(), image.toString());
      // A copy of an xfs has the UUID of the first one, which is mounted.
      String options = fileSystem.equals("xfs") ? "loop,nouuid" : "loop";
      Sandbox.run("mount", "-o", options, image.toString(), elsewhere().toString());
    }
    Sandbox.run("sh", "-c", "find \"$1\" -ls >/dev/null", "sh", elsewhere().toString());
    Sandbox.run("sync");
  }

  /** Removes the second copy. */
  void discardCopyElsewhere() throws IOException {
    Sandbox.run("umount", elsewhere().toString());
    Files.deleteIfExists(root.resolve("elsewhere.img"));
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
