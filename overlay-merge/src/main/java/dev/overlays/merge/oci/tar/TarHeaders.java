package dev.overlays.merge.oci.tar;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The headers of one entry in the POSIX pax form: its own, and before that an extended one with
 * what does not fit. The same entry gives the same bytes. They are the bytes that commons-compress
 * writes; its objects and texts took most of the time of an export.
 */
public final class TarHeaders {
  static final int BLOCK_SIZE = TarConstants.DEFAULT_RCDSIZE;

  private static final int NAME_LENGTH = TarConstants.NAMELEN;
  private static final byte[] EXTENDED_HEADER_NAME = PaxRecords.latin1Of("././@PaxHeader");
  private static final byte[] NO_BYTES = {};
  private static final Instant LATEST = Instant.ofEpochSecond(TarConstants.MAXSIZE);

  private final TarEntry entry;
  private final byte[] records;

  private TarHeaders(TarEntry entry, byte[] records) {
    this.entry = entry;
    this.records = records;
  }

  public static TarHeaders of(TarEntry entry) {
    return new TarHeaders(entry, extendedBytes(entry));
  }

  /** Returns how many bytes a number of bytes takes in an archive. */
  public static long paddedLength(long bytes) {
    return (bytes + BLOCK_SIZE - 1) & -BLOCK_SIZE;
  }

  /** Returns how many bytes the headers have. */
  public int byteLength() {
    return records.length == 0 ? BLOCK_SIZE : 2 * BLOCK_SIZE + (int) paddedLength(records.length);
  }

  /** Writes the headers into an array. */
  public void copyTo(byte[] target, int offset) {
    Arrays.fill(target, offset, offset + byteLength(), (byte) 0);
    int next = offset;
    if (records.length > 0) {
      HeaderFields fields = new HeaderFields(target, next);
      fields.putBytes(HeaderFields.NAME, EXTENDED_HEADER_NAME);
      fields.putNumbers(0644, 0, 0, records.length, 0);
      fields.endHeader(TarConstants.LF_PAX_EXTENDED_HEADER_LC);
      System.arraycopy(records, 0, target, next + BLOCK_SIZE, records.length);
      next += BLOCK_SIZE + (int) paddedLength(records.length);
    }
    HeaderFields fields = new HeaderFields(target, next);
    fields.putBytes(HeaderFields.NAME, headerName(entry));
    fields.putNumbers(
        entry.mode(),
        Math.min(toUnsigned(entry.owner()), TarConstants.MAXID),
        Math.min(toUnsigned(entry.group()), TarConstants.MAXID),
        entry.size(),
        clipTime(entry.modified()).getEpochSecond());
    fields.putBytes(HeaderFields.TARGET, cutBytes(entry.target().toBytes(), NAME_LENGTH));
    fields.putDevice(entry.deviceMajor(), entry.deviceMinor());
    fields.endHeader(entry.kind().typeFlag());
  }

  /**
   * Returns the path, cut if the extended header holds it in full. Only a directory's ends with a
   * slash.
   */
  private static byte[] headerName(TarEntry entry) {
    byte[] path = entry.path().toBytes();
    if (path.length <= NAME_LENGTH) {
      return path;
    }
    int length = NAME_LENGTH - 1;
    while (length > 0 && path[length - 1] == '/') {
      length--;
    }
    byte[] cut = cutBytes(path, length);
    if (entry.kind() == TarKind.DIRECTORY) {
      cut = Arrays.copyOf(cut, length + 1);
      cut[length] = '/';
    }
    return cut;
  }

  private static byte[] cutBytes(byte[] bytes, int length) {
    return bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
  }

  private static Instant clipTime(Instant time) {
    if (time.getNano() == 0 && time.getEpochSecond() >= 0 && !time.isAfter(LATEST)) {
      return time;
    }
    return Instant.ofEpochSecond(
        Math.max(0, Math.min(time.getEpochSecond(), LATEST.getEpochSecond())));
  }

  private static byte[] extendedBytes(TarEntry entry) {
    PaxRecords records = new PaxRecords();
    byte[] path = extendedBytes(entry.path());
    byte[] target = extendedBytes(entry.target());
    if (!isUtf8(path) || !isUtf8(target)) {
      records.addRecord("hdrcharset", "BINARY");
    }
    if (path.length > 0) {
      records.addRecord("path", path);
    }
    if (target.length > 0) {
      records.addRecord("linkpath", target);
    }
    addLargeNumber(records, "size", entry.size(), TarConstants.MAXSIZE);
    addLargeNumber(records, "uid", toUnsigned(entry.owner()), TarConstants.MAXID);
    addLargeNumber(records, "gid", toUnsigned(entry.group()), TarConstants.MAXID);
    if (!clipTime(entry.modified()).equals(entry.modified())) {
      records.addRecord("mtime", TimeText.format(entry.modified()));
    }
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      records.addRecord(PaxRecords.xattrKey(xattr.getKey()), xattr.getValue());
    }
    return records.toBytes();
  }

  private static void addLargeNumber(PaxRecords records, String key, long number, long most) {
    if (number > most) {
      records.addRecord(key, Long.toString(number));
    }
  }

  private static long toUnsigned(int id) {
    return Integer.toUnsignedLong(id);
  }

  /**
   * Returns a path that must be in the extended header; otherwise nothing. A plain header can hold
   * any bytes, but only ASCII is read the same by all tools.
   */
  private static byte[] extendedBytes(RawPath name) {
    if (name.byteLength() <= NAME_LENGTH && name.isAscii()) {
      return NO_BYTES;
    }
    byte[] bytes = name.toBytes();
    return bytes.length > NAME_LENGTH || isUtf8(bytes) ? bytes : NO_BYTES;
  }

  private static boolean isUtf8(byte[] name) {
    try {
      return name.length == 0
          || StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)) != null;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
