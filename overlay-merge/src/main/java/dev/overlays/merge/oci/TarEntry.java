package dev.overlays.merge.oci;

import dev.overlays.layer.EntryStat;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an archive says of an entry.
 *
 * @param path its bytes, with a slash at the end of a directory's
 * @param target of a symbolic link, where it leads; of a hard link, the path of the first name
 * @param mode the twelve bits
 * @param size of a file, in bytes; otherwise 0
 * @param sparse where a file has data that has holes; null if it has none
 * @param deviceMajor of a device; -1 if the kernel has no such devices
 * @param deviceMinor likewise
 * @param xattrs their values by their full names, one character for each byte of a name
 */
record TarEntry(
    RawPath path,
    TarKind kind,
    RawPath target,
    int mode,
    int owner,
    int group,
    long size,
    SparseMap sparse,
    int deviceMajor,
    int deviceMinor,
    Instant modified,
    SortedMap<String, byte[]> xattrs) {

  static TarEntry of(RawPath path, TarKind kind, EntryStat stat, SortedMap<String, byte[]> xattrs) {
    return new TarEntry(
        path,
        kind,
        RawPath.NONE,
        stat.mode(),
        stat.owner(),
        stat.group(),
        kind == TarKind.FILE ? stat.size() : 0,
        null,
        stat.deviceMajor(),
        stat.deviceMinor(),
        stat.modified(),
        xattrs);
  }

  /** An empty file of root's that stands for something else. */
  static TarEntry signEntry(RawPath path) {
    return new TarEntry(
        path, TarKind.FILE, RawPath.NONE, 0, 0, 0, 0, null, 0, 0, Instant.EPOCH, new TreeMap<>());
  }

  TarEntry withTarget(RawPath newTarget) {
    return new TarEntry(
        path,
        kind,
        newTarget,
        mode,
        owner,
        group,
        size,
        sparse,
        deviceMajor,
        deviceMinor,
        modified,
        xattrs);
  }

  TarEntry withAttributes(int newMode, SortedMap<String, byte[]> newXattrs) {
    return new TarEntry(
        path,
        kind,
        target,
        newMode,
        owner,
        group,
        size,
        sparse,
        deviceMajor,
        deviceMinor,
        modified,
        newXattrs);
  }

  TarEntry withSparse(SparseMap newSparse) {
    return new TarEntry(
        path,
        kind,
        target,
        mode,
        owner,
        group,
        newSparse.fileSize(),
        newSparse,
        deviceMajor,
        deviceMinor,
        modified,
        xattrs);
  }
}
