package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts and hashes what is written to it, and keeps the bytes of short contents. */
final class ContentHash extends OutputStream {
  /** Longer contents are shown by their hash. */
  private static final int MAX_LITERAL = 1024;

  private final MessageDigest digest = newSha256();
  private final ByteArrayOutputStream firstBytes = new ByteArrayOutputStream();
  private long size;

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  /** Reads the content of a file. */
  static FileContent readContent(InputStream in) throws IOException {
    ContentHash hash = new ContentHash();
    in.transferTo(hash);
    return hash.size <= MAX_LITERAL
        ? new FileContent.LiteralContent(hash.firstBytes.toString(ISO_8859_1))
        : new FileContent.HashedContent(hash.size, hash.hexDigest());
  }

  /** Returns the fact for a content, which is the same for all notations of the same bytes. */
  static EntryFacts.ComparedFact contentFact(FileContent content) throws IOException {
    if (content instanceof FileContent.HashedContent hashed) {
      return contentFact(hashed.size(), hashed.sha256(), "");
    }
    ContentHash hash = new ContentHash();
    content.writeTo(hash);
    String shown =
        hash.size <= 64 ? QuotedBytes.quoteBytes(hash.firstBytes.toString(ISO_8859_1)) : "";
    return contentFact(hash.size, hash.hexDigest(), shown);
  }

  /** Returns the fact for the content of a file. */
  static EntryFacts.ComparedFact contentFact(InputStream in) throws IOException {
    ContentHash hash = new ContentHash();
    in.transferTo(hash);
    String shown =
        hash.size <= 64 ? QuotedBytes.quoteBytes(hash.firstBytes.toString(ISO_8859_1)) : "";
    return contentFact(hash.size, hash.hexDigest(), shown);
  }

  private static EntryFacts.ComparedFact contentFact(long size, String sha256, String shown) {
    String value = size + " bytes sha256=" + sha256;
    return new EntryFacts.ComparedFact(
        value, shown.isEmpty() ? value.substring(0, value.indexOf('=') + 13) : shown);
  }

  private String hexDigest() {
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    size += length;
    if (size <= MAX_LITERAL) {
      firstBytes.write(bytes, offset, length);
    }
  }
}
