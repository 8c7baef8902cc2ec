package dev.overlays.linux.mount;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A mount whose holders are searched for. It translates the paths by which the kernel names the
 * held files: for an unattached mount these paths start at its root.
 */
final class InspectedMount {
  private static final String SELF = "self";
  private static final int NONE = -1;

  private final Path mountPoint;
  private final Path root;
  private final FileId id;
  private final boolean attached;
  private final int descriptor;
  private final String process;

  private InspectedMount(
      Path mountPoint, Path root, FileId id, boolean attached, int descriptor, String process) {
    this.mountPoint = mountPoint;
    this.root = root;
    this.id = id;
    this.attached = attached;
    this.descriptor = descriptor;
    this.process = process;
  }

  static InspectedMount ofMountAt(Path mountPoint, FileId id) {
    return new InspectedMount(mountPoint, mountPoint, id, true, NONE, SELF);
  }

  /**
   * A mount whose root this process has open for a moment; that descriptor does not count as a
   * holder.
   */
  static InspectedMount ofMountAt(Path mountPoint, FileId id, Descriptor descriptor) {
    return new InspectedMount(mountPoint, mountPoint, id, true, descriptor.number(), SELF);
  }

  /** A mount in the namespace of another process, seen by this process at a path of its own. */
  static InspectedMount inNamespaceOf(String process, Path mountPoint, Path root, FileId id) {
    return new InspectedMount(mountPoint, root, id, true, NONE, process);
  }

  /**
   * A mount in a tree that is attached nowhere: the path by which links name it, and the path by
   * which this process sees it.
   */
  static InspectedMount unattachedMount(Path mountPoint, Path root, FileId id) {
    return new InspectedMount(mountPoint, root, id, false, NONE, SELF);
  }

  FileId mountId() {
    return id;
  }

  /** The mount table that contains it. */
  List<MountRecord> surroundingMounts() throws IOException {
    return MountTable.ofProcess(process);
  }

  /** Its ID in that table; empty if it is not there. */
  Optional<Integer> idInTable() throws IOException {
    if (process.equals(SELF)) {
      return MountTable.findMount(id).map(MountRecord::id);
    }
    FileId seen = FileId.withTableId(PathBytes.of(root));
    return Optional.of((int) seen.mountId());
  }

  boolean containsFile(FileId file) {
    return file.isOnSameMount(id);
  }

  /**
   * Whether an open file is the descriptor that this process uses for the search. A child that is
   * just being started has the same descriptor under the same number, and closes it before its
   * program runs.
   */
  boolean isOwnDescriptor(Path link, FileId file) {
    return file.mountRoot() && link.endsWith(Path.of("fd", Integer.toString(descriptor)));
  }

  /** The path by which this process sees a file. */
  Path pathSeenHere(Path told) {
    return told.startsWith(mountPoint) ? root.resolve(mountPoint.relativize(told)) : told;
  }

  /** The files that a process has mapped; it need not have them open. */
  Set<Path> mappedFilesOf(Path process) {
    Set<Path> mapped = new HashSet<>();
    Set<String> seen = new HashSet<>();
    for (String line : readLines(process.resolve("maps"))) {
      int start = line.indexOf('/');
      if (start >= 0 && seen.add(line.substring(start))) {
        Path file = PathBytes.toPath(line.substring(start).getBytes(StandardCharsets.ISO_8859_1));
        if (attached ? file.startsWith(mountPoint) : isMappingOfThisMount(process, line)) {
          mapped.add(pathSeenHere(file));
        }
      }
    }
    return mapped;
  }

  /** Follows the link in map_files, since the file's name does not identify the mount. */
  private boolean isMappingOfThisMount(Path process, String line) {
    String[] addresses = line.substring(0, line.indexOf(' ')).split("-", 2);
    String name =
        Long.toHexString(Long.parseUnsignedLong(addresses[0], 16))
            + "-"
            + Long.toHexString(Long.parseUnsignedLong(addresses[1], 16));
    Path link = process.resolve("map_files").resolve(name);
    try {
      return containsFile(FileId.of(link.toString().getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      // It is no longer mapped, or the kernel does not let this process follow the link.
      return false;
    }
  }

  private static List<String> readLines(Path file) {
    try {
      return List.of(
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n", -1));
    } catch (IOException e) {
      // The process has ended, or may not be inspected.
      return List.of();
    }
  }
}
