package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;

/** What is in a file, as the text of a tree has it. */
sealed interface FileContent {

  /** Writes it. */
  void writeTo(OutputStream out) throws IOException;

  /** Nothing is said of it: an empty file where it is written, any content where it is expected. */
  record AnyContent() implements FileContent {
    @Override
    public void writeTo(OutputStream out) {}

    @Override
    public String toString() {
      return "";
    }
  }

  /** Certain bytes, a character for each. */
  record LiteralContent(String bytes) implements FileContent {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(bytes.getBytes(ISO_8859_1));
    }

    @Override
    public String toString() {
      return " " + QuotedBytes.of(bytes);
    }
  }

  /** So many bytes of zero. */
  record ZeroContent(long size) implements FileContent {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      BlockWriter.write(out, size, block -> {});
    }

    @Override
    public String toString() {
      return " size=" + size;
    }
  }

  /** So many bytes that depend on a seed only. */
  record SeededContent(long size, long seed) implements FileContent {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      BlockWriter.write(out, size, new Random(seed)::nextBytes);
    }

    @Override
    public String toString() {
      return " random=" + size + ":" + seed;
    }
  }

  /** So many bytes of which only the SHA-256 is known: they can be expected, but not written. */
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
