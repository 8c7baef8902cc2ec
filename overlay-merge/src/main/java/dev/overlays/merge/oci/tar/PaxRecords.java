package dev.overlays.merge.oci.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The records of a pax extended header: {@code LENGTH KEY=VALUE} lines whose values may be any
 * bytes. commons-compress treats values as UTF-8 text, which ACLs, capabilities and many names are
 * not. Source: POSIX pax, "pax Extended Header".
 */
public final class PaxRecords {
  static final String XATTR_PREFIX = "SCHILY.xattr.";

  private static final int LONGEST_NUMBER = 10;

  private byte[] bytes = new byte[128];
  private int size;

  void addRecord(String key, byte[] value) {
    int content = key.length() + value.length + 3;
    // The length counts its own digits.
    int length = content + digitCount(content);
    length = content + digitCount(length);
    if (length > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, 2 * size + length);
    }
    int next = size;
    next = putLatin1(Integer.toString(length), next);
    bytes[next++] = ' ';
    next = putLatin1(key, next);
    bytes[next++] = '=';
    System.arraycopy(value, 0, bytes, next, value.length);
    size += length;
    bytes[size - 1] = '\n';
  }

  private int putLatin1(String text, int start) {
    for (int i = 0; i < text.length(); i++) {
      bytes[start + i] = (byte) text.charAt(i);
    }
    return start + text.length();
  }

  void addRecord(String key, String value) {
    addRecord(key, latin1Of(value));
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private static int digitCount(int number) {
    int digits = 1;
    for (int rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  /**
   * Parses records. The last record of a key counts. The exception is GNU's sparse form 0.0, which
   * has a record for each offset and length: these become one record of form 0.1.
   *
   * @return the values by key, with one character for each byte of a key
   * @throws IllegalArgumentException if the records are malformed
   */
  static Map<String, byte[]> parse(byte[] records) {
    Map<String, byte[]> parsed = new LinkedHashMap<>();
    ByteArrayOutputStream sparse = new ByteArrayOutputStream();
    int start = 0;
    while (start < records.length) {
      int space = indexOf(records, ' ', start, Math.min(records.length, start + LONGEST_NUMBER));
      int length = parseLength(records, start, space);
      int end = start + length;
      if (length < space - start + 2
          || length > records.length - start
          || records[end - 1] != '\n') {
        throw new IllegalArgumentException("a record of the extended header has a wrong length");
      }
      int equals = indexOf(records, '=', space + 1, end - 1);
      String key = latin1Of(Arrays.copyOfRange(records, space + 1, equals));
      if (key.equals(SparseMap.OFFSET_KEY) || key.equals(SparseMap.LENGTH_KEY)) {
        sparse.write(records, equals + 1, end - 2 - equals);
        sparse.write(',');
      } else {
        parsed.put(key, Arrays.copyOfRange(records, equals + 1, end - 1));
      }
      start = end;
    }
    if (sparse.size() > 0) {
      parsed.put(SparseMap.MAP_KEY, Arrays.copyOf(sparse.toByteArray(), sparse.size() - 1));
    }
    return parsed;
  }

  private static int parseLength(byte[] records, int start, int end) {
    int length = 0;
    for (int i = start; i < end; i++) {
      if (records[i] < '0' || records[i] > '9') {
        throw noLength();
      }
      length = 10 * length + records[i] - '0';
    }
    if (end == start || end - start >= LONGEST_NUMBER) {
      throw noLength();
    }
    return length;
  }

  private static IllegalArgumentException noLength() {
    return new IllegalArgumentException("a record of the extended header has no length");
  }

  private static int indexOf(byte[] records, char wanted, int start, int end) {
    for (int i = start; i < end; i++) {
      if (records[i] == wanted) {
        return i;
      }
    }
    throw new IllegalArgumentException("a record of the extended header is incomplete");
  }

  /**
   * Returns the key for an extended attribute. A key cannot contain an equals sign, so GNU tar
   * writes {@code %3D}; source: its xheader.c, {@code xattr_encode_keyword}.
   */
  static String xattrKey(String xattr) {
    return XATTR_PREFIX + xattr.replace("%", "%25").replace("=", "%3D");
  }

  /** Returns the extended attribute for a key. */
  static String xattrName(String key) {
    return key.substring(XATTR_PREFIX.length()).replace("%3D", "=").replace("%25", "%");
  }

  public static byte[] latin1Of(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  public static String latin1Of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
