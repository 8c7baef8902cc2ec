package dev.overlays.merge.oci.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.merge.run.TaskHelpers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The blocks of gzip are one member, whoever has compressed them. */
class GzipOutputTest {
  private static final int BLOCK = 1 << 17;

  private static byte[] packBytes(byte[] data, int workers, int part) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TaskHelpers helpers = new TaskHelpers(workers);
        OutputStream gzip = new GzipOutput(out, helpers)) {
      for (int start = 0; start < data.length; start += part) {
        gzip.write(data, start, Math.min(part, data.length - start));
      }
    }
    return out.toByteArray();
  }

  /** Text, zeros, and what cannot be compressed, after each other. */
  private static byte[] mixedData(int length) {
    Random random = new Random(length);
    byte[] data = new byte[length];
    int start = 0;
    while (start < length) {
      int kind = random.nextInt(3);
      int end = Math.min(length, start + 1 + random.nextInt(BLOCK));
      for (int i = start; i < end; i++) {
        data[i] = (byte) (kind == 0 ? 0 : kind == 1 ? 'a' + random.nextInt(4) : random.nextInt());
      }
      start = end;
    }
    return data;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 7 * BLOCK + 12_345})
  void oneMemberHasAllBytesForAnyNumberOfWorkers(int length) throws IOException {
    byte[] data = mixedData(length);
    byte[] packed = packBytes(data, 1, 512);
    for (int workers = 2; workers < 5; workers++) {
      assertArrayEquals(packed, packBytes(data, workers, 1 + length / workers));
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      assertArrayEquals(data, in.readAllBytes());
    }
    ByteArrayInputStream rest = new ByteArrayInputStream(packed);
    try (InputStream in = new GzipCompressorInputStream(rest)) {
      assertArrayEquals(data, in.readAllBytes());
      assertEquals(0, rest.available(), "nothing follows the first member");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void failedWriteIsThrownOnce(int workers) {
    byte[] data = mixedData(40 * BLOCK);
    IOException full = new IOException("full");
    OutputStream failing =
        new OutputStream() {
          private int left = 5 * BLOCK;

          @Override
          public void write(int b) throws IOException {
            write(new byte[1], 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            left -= length;
            if (left < 0) {
              throw full;
            }
          }
        };
    IOException thrown =
        assertThrows(
            IOException.class,
            () -> {
              try (TaskHelpers helpers = new TaskHelpers(workers);
                  OutputStream gzip = new GzipOutput(failing, helpers)) {
                gzip.write(data);
              }
            });
    assertEquals(full, thrown);
  }
}
