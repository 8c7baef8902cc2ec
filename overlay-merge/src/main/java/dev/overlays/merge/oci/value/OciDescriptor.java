package dev.overlays.merge.oci.value;

import java.util.Objects;

/**
 * What an image says of one of its blobs. Source: the OCI image specification, "Content
 * Descriptors".
 *
 * @param mediaType the kind of the blob
 * @param digest of the blob: {@code sha256:} and 64 hexadecimal digits in lower case
 * @param size of the blob, in bytes
 */
public record OciDescriptor(String mediaType, String digest, long size) {

  /**
   * Makes a descriptor.
   *
   * @param mediaType the kind of the blob
   * @param digest of the blob
   * @param size of the blob, in bytes
   * @throws IllegalArgumentException if it is not a SHA-256 digest or the size is negative
   */
  public OciDescriptor {
    Objects.requireNonNull(mediaType, "mediaType");
    if (!digest.matches("sha256:[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a digest of SHA-256: " + digest);
    }
    if (size < 0) {
      throw new IllegalArgumentException("a blob has no negative size: " + size);
    }
  }
}
