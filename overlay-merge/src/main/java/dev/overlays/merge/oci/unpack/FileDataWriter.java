package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.SparseMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Writes the data of a file. Blocks of zeros become holes, because most archives do not record
 * holes.
 */
final class FileDataWriter {
  private static final int BLOCK_SIZE = 4096;
  private static final byte[] ZEROS = new byte[BLOCK_SIZE];
  private static final int CHUNK_SIZE = 1 << 16;

  /** Files of up to so many bytes are written by one call, without holes. */
  static final int MOST_AT_ONCE = CHUNK_SIZE;

  private FileDataWriter() {}

  /** Reads the data of a small file into a batch. */
  static void readData(InputStream data, int size, CreationBatch batch) throws IOException {
    data.readNBytes(batch.data(), batch.dataLength(), size);
  }

  /** Creates a small file from the data of its batch. */
  static void writeData(byte[] data, NewEntry made) throws IOException {
    try (OutputStream out = made.directory().createFile(made.name())) {
      out.write(data, made.dataOffset(), (int) made.entry().size());
    }
  }

  /** Creates a file from the first bytes of a stream. */
  static void writeData(InputStream data, long size, LayerDirectory directory, Name name)
      throws IOException {
    directory.createFile(name).close();
    try (FileChannel file = directory.openFile(name, true)) {
      writeData(data, 0, size, file);
      extendFile(file, size);
    }
  }

  /** Creates a sparse file; the stream holds the data of its places. */
  static void writeData(InputStream data, SparseMap map, LayerDirectory directory, Name name)
      throws IOException {
    directory.createFile(name).close();
    try (FileChannel file = directory.openFile(name, true)) {
      for (int i = 0; i < map.placeCount(); i++) {
        writeData(data, map.placeOffset(i), map.placeLength(i), file);
      }
      extendFile(file, map.fileSize());
    }
  }

  private static void writeData(InputStream data, long start, long size, FileChannel file)
      throws IOException {
    byte[] chunk = new byte[(int) Math.min(CHUNK_SIZE, size)];
    for (long done = 0; done < size; ) {
      int length = data.readNBytes(chunk, 0, (int) Math.min(chunk.length, size - done));
      writeData(chunk, length, file, start + done);
      done += length;
    }
  }

  /** Gives the file its size, which a hole at its end does not. */
  private static void extendFile(FileChannel file, long size) throws IOException {
    if (file.size() < size) {
      writeFully(file, ByteBuffer.wrap(ZEROS, 0, 1), size - 1);
    }
  }

  private static void writeData(byte[] chunk, int length, FileChannel file, long place)
      throws IOException {
    for (int start = 0; start < length; ) {
      int end = start;
      while (end < length && !isZero(chunk, end, length)) {
        end = Math.min(end + BLOCK_SIZE, length);
      }
      if (end > start) {
        writeFully(file, ByteBuffer.wrap(chunk, start, end - start), place + start);
      }
      start = end;
      while (start < length && isZero(chunk, start, length)) {
        start = Math.min(start + BLOCK_SIZE, length);
      }
    }
  }

  private static boolean isZero(byte[] chunk, int start, int length) {
    int end = Math.min(start + BLOCK_SIZE, length);
    return Arrays.equals(chunk, start, end, ZEROS, 0, end - start);
  }

  private static void writeFully(FileChannel file, ByteBuffer bytes, long place)
      throws IOException {
    long next = place;
    while (bytes.hasRemaining()) {
      next += file.write(bytes, next);
    }
  }
}
