package dev.overlays.merge.oci.layout;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The files of an image layout. Source: the OCI image specification, "Image Layout". A file is
 * written under another name, made durable, and renamed, so that it is whole or absent.
 *
 * @param root the directory
 */
public record LayoutDirectory(Path root) {
  static final String MARKER_NAME = "oci-layout";
  static final String TEMPORARY_PREFIX = ".overlays-blob-";
  static final byte[] MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8);

  private static final String INDEX_NAME = "index.json";
  private static final String SHA256 = "sha256:";

  Path marker() {
    return root.resolve(MARKER_NAME);
  }

  Path index() {
    return root.resolve(INDEX_NAME);
  }

  Path blobs() {
    return root.resolve("blobs").resolve("sha256");
  }

  /** Returns the file of a blob, which need not exist. */
  public Path blob(String digest) {
    return blobs().resolve(digest.substring(SHA256.length()));
  }

  /** Returns the digest that a file of blobs is named by. */
  String digestOf(Path blob) {
    return SHA256 + blob.getFileName();
  }

  /** Requires that the directory is a layout of a known version. */
  public void requireLayout(ImageRefusals refusals) throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(marker());
    } catch (NoSuchFileException e) {
      throw refusals.notFound(": its directory is no image layout, as it has no " + MARKER_NAME);
    }
    String version;
    try {
      version = JsonFields.of(JsonText.parseObject(content)).text("imageLayoutVersion");
    } catch (IOException e) {
      throw refusals.brokenDocument(MARKER_NAME, e.getMessage());
    }
    if (!version.startsWith("1.")) {
      throw refusals.unsupported(
          "is in a layout of the unknown version " + version, "Copy it by skopeo to a new layout.");
    }
  }

  /** Reads the index of all images. */
  public LayoutIndex readIndex(ImageRefusals refusals) throws IOException {
    try {
      return LayoutIndex.parse(readLimited(index()), refusals);
    } catch (NoSuchFileException e) {
      return LayoutIndex.EMPTY;
    }
  }

  void writeIndex(LayoutIndex index) throws IOException {
    Path written = newTemporary();
    try {
      writeDurable(written, index.toBytes());
      Files.move(written, index(), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
    syncDirectory(root);
  }

  /** Reads a document, of which one byte more than allowed tells that it is too long. */
  private static byte[] readLimited(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(JsonText.MAX_BYTES + 1);
    }
  }

  /** Opens a blob, whose size and digest are checked while it is read. */
  public InputStream openBlob(OciDescriptor blob, ImageRefusals refusals) throws IOException {
    Path file = blob(blob.digest());
    requireBlob(blob, refusals);
    return new VerifiedInput(Files.newInputStream(file), blob, refusals.withPath(file));
  }

  /** Reads and checks a document, which is small. */
  public byte[] readDocument(OciDescriptor blob, ImageRefusals refusals) throws IOException {
    requireSmall(blob, refusals);
    try (InputStream in = openBlob(blob, refusals)) {
      return in.readAllBytes();
    }
  }

  /** Requires that a document is small enough to be read into memory. */
  public static void requireSmall(OciDescriptor document, ImageRefusals refusals)
      throws OverlayException {
    if (document.size() > JsonText.MAX_BYTES) {
      throw refusals.tooLarge(
          "has a document of "
              + document.size()
              + " bytes, more than the "
              + JsonText.MAX_BYTES
              + " that registries allow",
          "Have it created again with fewer annotations or labels.");
    }
  }

  /** Requires that a blob exists and has its size. */
  public void requireBlob(OciDescriptor blob, ImageRefusals refusals) throws IOException {
    Path file = blob(blob.digest());
    long size;
    try {
      size = Files.size(file);
    } catch (NoSuchFileException e) {
      throw refusals.withPath(file).missingBlob(blob.digest());
    }
    if (size != blob.size()) {
      throw refusals.withPath(file).wrongSize(blob, String.valueOf(size));
    }
  }

  /** Tells whether a blob exists and has the right content. */
  public boolean holdsIntact(OciDescriptor blob, ImageRefusals refusals) throws IOException {
    if (!Files.exists(blob(blob.digest()))) {
      return false;
    }
    try (InputStream in = openBlob(blob, refusals)) {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (OverlayException e) {
      return false;
    }
  }

  Path newTemporary() {
    return root.resolve(TEMPORARY_PREFIX + UUID.randomUUID());
  }

  private static void writeDurable(Path file, byte[] content) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
      out.force(true);
    }
  }

  /** Makes the names in a directory durable; file systems in memory have no such operation. */
  static void syncDirectory(Path directory) throws IOException {
    if (directory.getFileSystem() == FileSystems.getDefault()) {
      try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
        opened.force(true);
      }
    }
  }
}
