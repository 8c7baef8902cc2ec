package dev.overlays.merge.oci;

import dev.overlays.layer.EntryStat;
import java.nio.charset.StandardCharsets;
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
 * @param xattrs their values by their full names, one character for each byte of a name
 */
record TarEntry(
    byte[] path,
    TarKind kind,
    byte[] target,
    int mode,
    int owner,
    int group,
    long size,
    int deviceMajor,
    int deviceMinor,
    Instant modified,
    SortedMap<String, byte[]> xattrs) {

  private static final byte[] NOWHERE = {};

  static TarEntry of(byte[] path, TarKind kind, EntryStat stat, SortedMap<String, byte[]> xattrs) {
    return new TarEntry(
        path,
        kind,
        NOWHERE,
        stat.mode(),
        stat.owner(),
        stat.group(),
        kind == TarKind.FILE ? stat.size() : 0,
        stat.deviceMajor(),
        stat.deviceMinor(),
        stat.modified(),
        xattrs);
  }

  /** An empty file of root's that stands for something else. */
  static TarEntry sign(byte[] path) {
    return new TarEntry(
        path, TarKind.FILE, NOWHERE, 0, 0, 0, 0, 0, 0, Instant.EPOCH, new TreeMap<>());
  }

  TarEntry withTarget(byte[] newTarget) {
    return new TarEntry(
        path,
        kind,
        newTarget,
        mode,
        owner,
        group,
        size,
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
        deviceMajor,
        deviceMinor,
        modified,
        newXattrs);
  }

  /** The path for people: no line of a log is longer or has anything in it that would disturb. */
  static String shown(byte[] path) {
    String text = new String(path, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    int most = 200;
    return '"' + (text.length() > most ? text.substring(0, most) + "..." : text) + '"';
  }
}
