package dev.overlays.merge.oci.value;

/**
 * The limits of an archive that is imported. They keep a small hostile archive from filling the
 * disk or the memory.
 *
 * @param entries how many entries
 * @param totalBytes the data of all files together, in bytes
 * @param fileBytes the data of one file, in bytes
 * @param ratio how many times larger the uncompressed archive may be; checked from 64 MiB on,
 *     because a layer may begin with zeros. gzip reaches about 1,000 with zeros alone
 * @param depth how many names a path may have, and so how deep the layer may be
 * @param pathBytes how long a path may be, in bytes
 * @param headerBytes how long the extended headers of one entry may be, in bytes: long names,
 *     extended attributes and the maps of sparse files, which are kept in memory. It also limits
 *     the names and comments of gzip
 * @param windowBytes the largest window of an archive compressed by zstd, in bytes. Decompression
 *     takes as much memory outside the heap. {@code zstd --long=31} makes windows of 2 GiB
 */
public record OciLimits(
    long entries,
    long totalBytes,
    long fileBytes,
    long ratio,
    int depth,
    int pathBytes,
    int headerBytes,
    long windowBytes) {

  /**
   * Ten million entries, 1 TiB in all and in one file, a ratio of 250, 128 names and 4,095 bytes in
   * a path, 1 MiB of headers, and a window of 128 MiB, the default of zstd(1).
   */
  public static final OciLimits DEFAULTS =
      new OciLimits(10_000_000, 1L << 40, 1L << 40, 250, 128, 4095, 1 << 20, 1 << 27);

  /**
   * Makes limits.
   *
   * @param entries how many entries
   * @param totalBytes the data of all files together
   * @param fileBytes the data of one file
   * @param ratio how many times larger an archive may become
   * @param depth how many names a path may have
   * @param pathBytes how long a path may be
   * @param headerBytes how long the extended headers of one entry may be
   * @param windowBytes the largest window of zstd
   * @throws IllegalArgumentException if one is not positive
   */
  public OciLimits {
    if (Math.min(Math.min(entries, totalBytes), Math.min(fileBytes, ratio)) <= 0
        || Math.min(Math.min(depth, pathBytes), Math.min(headerBytes, windowBytes)) <= 0) {
      throw new IllegalArgumentException("each limit must be positive");
    }
  }

  /**
   * Returns these limits with another number of entries.
   *
   * @param most how many entries
   * @return other limits
   */
  public OciLimits withEntries(long most) {
    return new OciLimits(
        most, totalBytes, fileBytes, ratio, depth, pathBytes, headerBytes, windowBytes);
  }

  /**
   * Returns these limits with other sizes.
   *
   * @param total the data of all files together, in bytes
   * @param file the data of one file, in bytes
   * @return other limits
   */
  public OciLimits withBytes(long total, long file) {
    return new OciLimits(entries, total, file, ratio, depth, pathBytes, headerBytes, windowBytes);
  }

  /**
   * Returns these limits with another ratio.
   *
   * @param most how many times larger an archive may become
   * @return other limits
   */
  public OciLimits withRatio(long most) {
    return new OciLimits(
        entries, totalBytes, fileBytes, most, depth, pathBytes, headerBytes, windowBytes);
  }

  /**
   * Returns these limits with other paths.
   *
   * @param names how many names a path may have
   * @param bytes how long it may be, in bytes
   * @return other limits
   */
  public OciLimits withPaths(int names, int bytes) {
    return new OciLimits(
        entries, totalBytes, fileBytes, ratio, names, bytes, headerBytes, windowBytes);
  }

  /**
   * Returns these limits with another window.
   *
   * @param most the largest window of zstd, in bytes; windows are powers of two from 1 KiB to 2 GiB
   * @return other limits
   */
  public OciLimits withWindowBytes(long most) {
    return new OciLimits(
        entries, totalBytes, fileBytes, ratio, depth, pathBytes, headerBytes, most);
  }
}
