package dev.overlays.merge.oci;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes entries in the POSIX pax form; the same entries give the same bytes. commons-compress
 * writes the headers, with names in ISO-8859-1 so that every byte is kept. What does not fit into a
 * header goes into an extended header before it.
 */
final class TarWriter {
  private static final int NAME = TarConstants.NAMELEN;
  private static final String EXTENDED = "././@PaxHeader";

  private final TarArchiveOutputStream out;
  private final byte[] buffer = new byte[1 << 16];

  /** Makes a writer; the stream stays open. */
  TarWriter(OutputStream out) {
    this.out = new TarArchiveOutputStream(out, StandardCharsets.ISO_8859_1.name());
    this.out.setLongFileMode(TarArchiveOutputStream.LONGFILE_TRUNCATE);
    // Only for sizes: a reader that misreads one looks for the next header elsewhere.
    this.out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
  }

  /** Writes an entry without data. */
  void put(TarEntry entry) throws IOException {
    begin(entry);
    out.closeArchiveEntry();
  }

  /**
   * Writes a file.
   *
   * @param data at least as many bytes as the entry says
   * @return whether the data had exactly that many bytes
   */
  boolean put(TarEntry entry, InputStream data) throws IOException {
    begin(entry);
    long left = entry.size();
    while (left > 0) {
      int length = data.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (length < 0) {
        return false;
      }
      out.write(buffer, 0, length);
      left -= length;
    }
    out.closeArchiveEntry();
    return data.read() < 0;
  }

  void finish() throws IOException {
    out.finish();
  }

  private void begin(TarEntry entry) throws IOException {
    byte[] records = extended(entry);
    if (records.length > 0) {
      TarArchiveEntry header =
          header(EXTENDED, TarConstants.LF_PAX_EXTENDED_HEADER_LC, 0644, records.length);
      out.putArchiveEntry(header);
      out.write(records);
      out.closeArchiveEntry();
    }
    TarArchiveEntry header = header(name(entry), entry.kind().letter(), entry.mode(), entry.size());
    header.setUserId(Math.min(unsigned(entry.owner()), TarConstants.MAXID));
    header.setGroupId(Math.min(unsigned(entry.group()), TarConstants.MAXID));
    header.setLastModifiedTime(FileTime.from(clipped(entry.modified())));
    header.setLinkName(PaxRecords.latin1(cut(entry.target().toBytes(), NAME)));
    header.setDevMajor(entry.deviceMajor());
    header.setDevMinor(entry.deviceMinor());
    out.putArchiveEntry(header);
  }

  private static TarArchiveEntry header(String name, byte letter, int mode, long size) {
    TarArchiveEntry header = new TarArchiveEntry(name, letter, true);
    header.setMode(mode);
    header.setSize(size);
    header.setLastModifiedTime(FileTime.from(Instant.EPOCH));
    // The default is the user of this process.
    header.setUserName("");
    return header;
  }

  /**
   * Returns the path, cut if the extended header holds it in full. Only a directory's ends with a
   * slash.
   */
  private static String name(TarEntry entry) {
    byte[] path = entry.path().toBytes();
    if (path.length <= NAME) {
      return PaxRecords.latin1(path);
    }
    String cut = PaxRecords.latin1(cut(path, NAME - 1)).replaceAll("/+$", "");
    return entry.kind() == TarKind.DIRECTORY ? cut + '/' : cut;
  }

  private static byte[] cut(byte[] bytes, int length) {
    return bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
  }

  private static Instant clipped(Instant time) {
    long most = TarConstants.MAXSIZE;
    return Instant.ofEpochSecond(Math.max(0, Math.min(time.getEpochSecond(), most)));
  }

  private static byte[] extended(TarEntry entry) {
    PaxRecords records = new PaxRecords();
    byte[] path = extended(entry.path());
    byte[] target = extended(entry.target());
    if (!isUtf8(path) || !isUtf8(target)) {
      records.add("hdrcharset", "BINARY");
    }
    if (path.length > 0) {
      records.add("path", path);
    }
    if (target.length > 0) {
      records.add("linkpath", target);
    }
    number(records, "size", entry.size(), TarConstants.MAXSIZE);
    number(records, "uid", unsigned(entry.owner()), TarConstants.MAXID);
    number(records, "gid", unsigned(entry.group()), TarConstants.MAXID);
    if (!clipped(entry.modified()).equals(entry.modified())) {
      records.add("mtime", seconds(entry.modified()));
    }
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      records.add(PaxRecords.xattrKey(xattr.getKey()), xattr.getValue());
    }
    return records.toBytes();
  }

  private static void number(PaxRecords records, String key, long number, long most) {
    if (number > most) {
      records.add(key, Long.toString(number));
    }
  }

  private static long unsigned(int id) {
    return Integer.toUnsignedLong(id);
  }

  private static String seconds(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .add(BigDecimal.valueOf(time.getNano(), 9))
        .stripTrailingZeros()
        .toPlainString();
  }

  /**
   * Returns a path that must be in the extended header; otherwise nothing. A plain header can hold
   * any bytes, but only ASCII is read the same by all tools.
   */
  private static byte[] extended(RawPath name) {
    byte[] bytes = name.toBytes();
    boolean ascii = true;
    for (byte b : bytes) {
      ascii &= b >= 0;
    }
    return bytes.length > NAME || (!ascii && isUtf8(bytes)) ? bytes : new byte[0];
  }

  private static boolean isUtf8(byte[] name) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
