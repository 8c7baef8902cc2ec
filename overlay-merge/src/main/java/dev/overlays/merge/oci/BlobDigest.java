package dev.overlays.merge.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts bytes and computes their SHA-256 digest in the form that registries use. */
final class BlobDigest {
  private static final String NAME = "sha256:";

  private final MessageDigest digest;
  private long size;

  BlobDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  void addBytes(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    size += length;
  }

  /** Returns the number of bytes so far. */
  long bytesCounted() {
    return size;
  }

  /** Returns the digest of all bytes; call it once. */
  String digestText() {
    return NAME + HexFormat.of().formatHex(digest.digest());
  }

  static boolean isOne(String text) {
    return text.matches(NAME + "[0-9a-f]{64}");
  }
}
