package dev.overlays.merge.oci;

/**
 * The most that an archive may hold, so that a small hostile one cannot fill a disk or a memory.
 *
 * @param entries how many entries
 * @param totalBytes the data of all files together, in bytes
 * @param fileBytes the data of one file, in bytes
 * @param ratio how many times larger an archive may become when it is unpacked; looked at from 64
 *     MiB on, since a layer may begin with zeros. gzip comes to about 1,000 with zeros alone
 * @param depth how many names a path may have: how deep the layer may become
 * @param pathBytes how long a path may be, in bytes
 * @param headerBytes how long the extended headers of one entry may be, in bytes: long names,
 *     extended attributes and the maps of sparse files, which are held in memory; the same for the
 *     names and comments of gzip
 * @param windowBytes how far back in the data an archive packed by zstd may refer, in bytes: so
 *     much memory, outside the heap, unpacking it takes. {@code zstd --long=31} makes windows of 2
 *     GiB
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
   * Ten million entries, a TiB in all and in one file, 250 times the size, 128 names and 4,095
   * bytes in a path, a MiB of headers, and a window of 128 MiB, as zstd(1) unpacks unasked.
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
   * @param windowBytes how large the window of zstd may be
   * @throws IllegalArgumentException if one is not positive
   */
  public OciLimits {
    if (Math.min(Math.min(entries, totalBytes), Math.min(fileBytes, ratio)) <= 0
        || Math.min(Math.min(depth, pathBytes), Math.min(headerBytes, windowBytes)) <= 0) {
      throw new IllegalArgumentException("nothing could be taken within these limits");
    }
  }

  /**
   * Returns the same with another number of entries.
   *
   * @param most how many entries
   * @return other limits
   */
  public OciLimits withEntries(long most) {
    return new OciLimits(
        most, totalBytes, fileBytes, ratio, depth, pathBytes, headerBytes, windowBytes);
  }

  /**
   * Returns the same with other sizes.
   *
   * @param total the data of all files together, in bytes
   * @param file the data of one file, in bytes
   * @return other limits
   */
  public OciLimits withBytes(long total, long file) {
    return new OciLimits(entries, total, file, ratio, depth, pathBytes, headerBytes, windowBytes);
  }

  /**
   * Returns the same with another ratio.
   *
   * @param most how many times larger an archive may become
   * @return other limits
   */
  public OciLimits withRatio(long most) {
    return new OciLimits(
        entries, totalBytes, fileBytes, most, depth, pathBytes, headerBytes, windowBytes);
  }

  /**
   * Returns the same with other paths.
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
   * Returns the same with another window.
   *
   * @param most how far back in the data an archive packed by zstd may refer, in bytes; windows are
   *     powers of two from 1 KiB to 2 GiB
   * @return other limits
   */
  public OciLimits withWindowBytes(long most) {
    return new OciLimits(
        entries, totalBytes, fileBytes, ratio, depth, pathBytes, headerBytes, most);
  }
}
