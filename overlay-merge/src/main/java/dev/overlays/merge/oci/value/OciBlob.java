package dev.overlays.merge.oci.value;

/**
 * An archive of a layer, as the manifest and the configuration of an image describe it.
 *
 * @param compression how the archive is compressed
 * @param digest of the archive as it is stored: {@code sha256:} and 64 hexadecimal digits
 * @param size of the archive as it is stored, in bytes
 * @param diffId digest of the uncompressed archive, as the configuration lists it
 * @param diffSize of the uncompressed archive, in bytes
 */
public record OciBlob(
    OciCompression compression, String digest, long size, String diffId, long diffSize) {

  /**
   * Returns what the manifest of an image lists for this layer.
   *
   * @return a descriptor in JSON
   */
  public String descriptor() {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(compression.mediaType(), digest, size);
  }
}
