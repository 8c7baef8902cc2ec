package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32;

/**
 * Makes bytes to write, which differ from position to position, and describes bytes that were read.
 */
final class PatternBytes {
  private PatternBytes() {}

  static byte[] bytesOf(int size, int salt) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 131 + (i >> 8) * 17 + salt * 29 + 1);
    }
    return bytes;
  }

  static String writeBytes(WritableByteChannel channel, int size, int salt) throws IOException {
    return channel.write(ByteBuffer.wrap(bytesOf(size, salt))) + " written";
  }

  /** Reads until the buffer is full or the file ends. */
  static String readBytes(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        break;
      }
    }
    buffer.flip();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return describeBytes(bytes);
  }

  static String describeBytes(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return bytes.length + " bytes crc " + Long.toHexString(crc.getValue());
  }
}
