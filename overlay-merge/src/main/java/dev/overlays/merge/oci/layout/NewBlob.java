package dev.overlays.merge.oci.layout;

import dev.overlays.merge.oci.stream.BlobDigest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A blob that is written to a layout. It gets its name when it is whole; otherwise it is removed.
 */
public final class NewBlob extends OutputStream {
  private final LayoutDirectory layout;
  private final Path written;
  private final FileChannel file;
  private final MessageDigest digest = BlobDigest.newSha256();
  private long size;

  NewBlob(LayoutDirectory layout) throws IOException {
    this.layout = layout;
    this.written = layout.newTemporary();
    this.file = FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    digest.update(bytes, offset, length);
    size += length;
    ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
    while (rest.hasRemaining()) {
      file.write(rest);
    }
  }

  /** Returns the number of bytes so far. */
  public long byteCount() {
    return size;
  }

  /** Returns the digest of all bytes; call it once. */
  public String digestText() {
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  /** Makes the blob durable and gives it the name of a digest, which is its own. */
  public void publishAs(String name) throws IOException {
    file.force(true);
    file.close();
    Files.move(written, layout.blob(name), StandardCopyOption.ATOMIC_MOVE);
    LayoutDirectory.syncDirectory(layout.blobs());
  }

  @Override
  public void close() throws IOException {
    try (file) {
      Files.deleteIfExists(written);
    }
  }
}
