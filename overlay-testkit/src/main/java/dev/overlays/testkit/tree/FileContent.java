package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;

/** The content of a file, as the text of a tree specifies it. */
sealed interface FileContent {

  /** Writes the content. */
  void writeTo(OutputStream out) throws IOException;

  /** No content is specified: writing creates an empty file, and comparing accepts any content. */
  record AnyContent() implements FileContent {
    @Override
    public void writeTo(OutputStream out) {}

    @Override
    public String toString() {
      return "";
    }
  }

  /** Literal bytes, one character for each. */
  record LiteralContent(String bytes) implements FileContent {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(bytes.getBytes(ISO_8859_1));
    }

    @Override
    public String toString() {
      return " " + QuotedBytes.quoteBytes(bytes);
    }
  }

  /** A number of zero bytes. */
  record ZeroContent(long size) implements FileContent {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      ChunkedWriter.writeBlocks(out, size, block -> {});
    }

    @Override
    public String toString() {
      return " size=" + size;
    }
  }

  /** A number of random bytes that depend on a seed only. */
  record SeededContent(long size, long seed) implements FileContent {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      ChunkedWriter.writeBlocks(out, size, new Random(seed)::nextBytes);
    }

    @Override
    public String toString() {
      return " random=" + size + ":" + seed;
    }
  }

  /**
   * A number of bytes of which only the SHA-256 is known. They can be compared, but not written.
   */
  record HashedContent(long size, String sha256) implements FileContent {
    @Override
    public void writeTo(OutputStream out) {
      throw new IllegalStateException(
          "a file of which only the hash is known cannot be written:" + this);
    }

    @Override
    public String toString() {
      return " size=" + size + " sha256=" + sha256;
    }
  }
}
