package dev.overlays.merge.oci.value;

/** How the archive of a layer is compressed. */
public enum OciCompression {
  /** No compression. */
  NONE(""),

  /**
   * gzip, by the JDK's own deflater at its default level (6), with no time and no name in the
   * header: one member of blocks of 128 KiB, which several workers can compress. The bytes are the
   * same for any number of workers, wherever the JDK has the same zlib; the digest of the
   * uncompressed archive is the same everywhere.
   */
  GZIP("+gzip"),

  /**
   * Zstandard, by zstd-jni through commons-compress at level 3, in one frame with a checksum, by
   * jobs of 2 MiB, which several threads of zstd can compress. The bytes are the same for any
   * number of workers with the same version of zstd-jni; the digest of the uncompressed archive is
   * the same everywhere.
   */
  ZSTD("+zstd");

  private final String suffix;

  OciCompression(String suffix) {
    this.suffix = suffix;
  }

  /**
   * Returns the media type of such an archive in a manifest.
   *
   * @return the media type, for example {@code application/vnd.oci.image.layer.v1.tar+gzip}
   */
  public String mediaType() {
    return "application/vnd.oci.image.layer.v1.tar" + suffix;
  }
}
