package dev.overlays.merge.oci.layout;

import dev.overlays.merge.oci.stream.BlobDigest;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A blob that is checked while it is read: the read that would return its end throws if its size or
 * its digest is wrong.
 */
public final class VerifiedInput extends FilterInputStream {
  private final MessageDigest digest = BlobDigest.newSha256();
  private final OciDescriptor blob;
  private final ImageRefusals refusals;
  private long count;
  private boolean verified;

  public VerifiedInput(InputStream in, OciDescriptor blob, ImageRefusals refusals) {
    super(in);
    this.blob = blob;
    this.refusals = refusals;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int got = super.read(bytes, offset, length);
    if (got > 0) {
      digest.update(bytes, offset, got);
      count += got;
      if (count > blob.size()) {
        throw refusals.wrongSize(blob, "more than " + blob.size());
      }
    } else if (got < 0 && !verified) {
      verifyWhole();
    }
    return got;
  }

  private void verifyWhole() throws IOException {
    if (count != blob.size()) {
      throw refusals.wrongSize(blob, String.valueOf(count));
    }
    String found = "sha256:" + HexFormat.of().formatHex(digest.digest());
    if (!found.equals(blob.digest())) {
      throw refusals.wrongDigest(blob, found);
    }
    verified = true;
  }

  @Override
  public long skip(long bytes) throws IOException {
    // What is skipped counts for the digest, too.
    long rest = bytes;
    byte[] buffer = new byte[(int) Math.max(0, Math.min(bytes, 1 << 13))];
    while (rest > 0) {
      int got = read(buffer, 0, (int) Math.min(rest, buffer.length));
      if (got < 0) {
        break;
      }
      rest -= got;
    }
    return bytes - rest;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
