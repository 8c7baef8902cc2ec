package dev.overlays.merge.oci.stream;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts bytes and computes their SHA-256 digest in the form that registries use. */
public final class BlobDigest {
  private static final String ALGORITHM_PREFIX = "sha256:";

  private final MessageDigest digest;
  private long size;

  private BlobDigest(MessageDigest digest) {
    this.digest = digest;
  }

  public BlobDigest() {
    this(newSha256());
  }

  /** Returns a new SHA-256. */
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  /** Returns a digest that only counts bytes, of which another one computes the digest. */
  public static BlobDigest countOnly() {
    return new BlobDigest(null);
  }

  void addBytes(byte[] bytes, int offset, int length) {
    if (digest != null) {
      digest.update(bytes, offset, length);
    }
    size += length;
  }

  /** Returns the number of bytes so far. */
  public long byteCount() {
    return size;
  }

  /** Returns the digest of all bytes; call it once. */
  public String digestText() {
    return ALGORITHM_PREFIX + HexFormat.of().formatHex(digest.digest());
  }

  public static boolean isDigest(String text) {
    return text.matches(ALGORITHM_PREFIX + "[0-9a-f]{64}");
  }
}
