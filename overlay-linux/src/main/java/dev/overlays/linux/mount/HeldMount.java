package dev.overlays.linux.mount;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.PathBytes;
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
 * A mount whose holders are looked for, and how what they hold is named: of an unattached one the
 * kernel knows no more than the path below its root.
 */
final class HeldMount {
  private static final String SELF = "self";
  private static final int NONE = -1;

  private final Path mountPoint;
  private final Path root;
  private final FileId id;
  private final boolean attached;
  private final int descriptor;
  private final String process;

  private HeldMount(
      Path mountPoint, Path root, FileId id, boolean attached, int descriptor, String process) {
    this.mountPoint = mountPoint;
    this.root = root;
    this.id = id;
    this.attached = attached;
    this.descriptor = descriptor;
    this.process = process;
  }

  static HeldMount mountAt(Path mountPoint, FileId id) {
    return new HeldMount(mountPoint, mountPoint, id, true, NONE, SELF);
  }

  /** A mount whose root this process has open for a moment, and is no holder by that. */
  static HeldMount mountAt(Path mountPoint, FileId id, Descriptor descriptor) {
    return new HeldMount(mountPoint, mountPoint, id, true, descriptor.number(), SELF);
  }

  /** A mount of another namespace, in which a process lives, and where this process sees it. */
  static HeldMount mountIn(String process, Path mountPoint, Path root, FileId id) {
    return new HeldMount(mountPoint, root, id, true, NONE, process);
  }

  /** A mount in a tree that is attached nowhere, where links name it, and where it is seen. */
  static HeldMount unattachedMount(Path mountPoint, Path root, FileId id) {
    return new HeldMount(mountPoint, root, id, false, NONE, SELF);
  }

  FileId mountId() {
    return id;
  }

  /** The mounts among which it is. */
  List<MountRecord> presentTable() throws IOException {
    return MountTable.ofProcess(process);
  }

  /** The ID that it has in that table; empty if it is not there. */
  Optional<Integer> tableId() throws IOException {
    if (process.equals(SELF)) {
      return MountTable.findMount(id).map(MountRecord::id);
    }
    FileId seen = FileId.withTableId(PathBytes.of(root));
    return Optional.of((int) seen.mountId());
  }

  boolean hasMount(FileId file) {
    return file.isOnSameMount(id);
  }

  /**
   * Whether an open file is the descriptor of this process. Another process that has it by the same
   * number is one that is just being started by this, and closes it before its program runs.
   */
  boolean isOwn(Path link, FileId file) {
    return file.mountRoot() && link.endsWith(Path.of("fd", Integer.toString(descriptor)));
  }

  /** The place of a file as this process has it. */
  Path presentPlace(Path told) {
    return told.startsWith(mountPoint) ? root.resolve(mountPoint.relativize(told)) : told;
  }

  /** The files that a process has mapped, possibly without having them open. */
  Set<Path> mappedIn(Path process) {
    Set<Path> mapped = new HashSet<>();
    Set<String> seen = new HashSet<>();
    for (String line : linesOf(process.resolve("maps"))) {
      int start = line.indexOf('/');
      if (start >= 0 && seen.add(line.substring(start))) {
        Path file = PathBytes.toPath(line.substring(start).getBytes(StandardCharsets.ISO_8859_1));
        if (attached ? file.startsWith(mountPoint) : isMappedOfThis(process, line)) {
          mapped.add(presentPlace(file));
        }
      }
    }
    return mapped;
  }

  /** The name does not tell that it is of this mount. The link by the addresses does. */
  private boolean isMappedOfThis(Path process, String line) {
    String[] addresses = line.substring(0, line.indexOf(' ')).split("-", 2);
    String name =
        Long.toHexString(Long.parseUnsignedLong(addresses[0], 16))
            + "-"
            + Long.toHexString(Long.parseUnsignedLong(addresses[1], 16));
    Path link = process.resolve("map_files").resolve(name);
    try {
      return hasMount(FileId.of(link.toString().getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      // It is mapped no more, or this kernel does not let this process look at it.
      return false;
    }
  }

  private static List<String> linesOf(Path file) {
    try {
      return List.of(
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n", -1));
    } catch (IOException e) {
      // The process has ended, or is none of ours to look at.
      return List.of();
    }
  }
}
