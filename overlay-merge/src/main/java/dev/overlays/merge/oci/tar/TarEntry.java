package dev.overlays.merge.oci.tar;

import dev.overlays.layer.EntryStat;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An entry of a tar archive.
 *
 * @param path the path; that of a directory ends with a slash
 * @param target the target of a symbolic link; for a hard link, the path of the first name
 * @param mode the twelve mode bits
 * @param size the size of a file in bytes; otherwise 0
 * @param sparse the map of a sparse file; otherwise null
 * @param deviceMajor the major number of a device; -1 if no Linux device can have it
 * @param deviceMinor the minor number of a device; -1 if no Linux device can have it
 * @param xattrs the values of extended attributes by full name, with one character for each byte of
 *     a name
 */
public record TarEntry(
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

  public static TarEntry of(
      RawPath path, TarKind kind, EntryStat stat, SortedMap<String, byte[]> xattrs) {
    return new TarEntry(
        path,
        kind,
        RawPath.EMPTY_PATH,
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

  /** Creates an empty file owned by root: a whiteout. */
  public static TarEntry emptyFile(RawPath path) {
    return new TarEntry(
        path,
        TarKind.FILE,
        RawPath.EMPTY_PATH,
        0,
        0,
        0,
        0,
        null,
        0,
        0,
        Instant.EPOCH,
        new TreeMap<>());
  }

  public TarEntry withTarget(RawPath newTarget) {
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

  public TarEntry withAttributes(int newMode, SortedMap<String, byte[]> newXattrs) {
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
