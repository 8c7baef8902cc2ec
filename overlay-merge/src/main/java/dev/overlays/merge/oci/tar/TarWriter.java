package dev.overlays.merge.oci.tar;

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
public final class TarWriter {
  private static final int NAME_LENGTH = TarConstants.NAMELEN;
  private static final String EXTENDED_HEADER_NAME = "././@PaxHeader";

  private final TarArchiveOutputStream out;
  private final byte[] buffer = new byte[1 << 16];

  /** Makes a writer; the stream stays open. */
  public TarWriter(OutputStream out) {
    this.out = new TarArchiveOutputStream(out, StandardCharsets.ISO_8859_1.name());
    this.out.setLongFileMode(TarArchiveOutputStream.LONGFILE_TRUNCATE);
    // Only for sizes: a reader that misreads one looks for the next header elsewhere.
    this.out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
  }

  /** Writes an entry without data. */
  public void putEntry(TarEntry entry) throws IOException {
    beginEntry(entry);
    out.closeArchiveEntry();
  }

  /**
   * Writes a file.
   *
   * @param data at least as many bytes as the entry says
   * @return whether the data had exactly that many bytes
   */
  public boolean putEntry(TarEntry entry, InputStream data) throws IOException {
    beginEntry(entry);
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

  public void finishArchive() throws IOException {
    out.finish();
  }

  private void beginEntry(TarEntry entry) throws IOException {
    byte[] records = extendedBytes(entry);
    if (records.length > 0) {
      TarArchiveEntry header =
          createHeader(
              EXTENDED_HEADER_NAME, TarConstants.LF_PAX_EXTENDED_HEADER_LC, 0644, records.length);
      out.putArchiveEntry(header);
      out.write(records);
      out.closeArchiveEntry();
    }
    TarArchiveEntry header =
        createHeader(headerName(entry), entry.kind().typeFlag(), entry.mode(), entry.size());
    header.setUserId(Math.min(toUnsigned(entry.owner()), TarConstants.MAXID));
    header.setGroupId(Math.min(toUnsigned(entry.group()), TarConstants.MAXID));
    header.setLastModifiedTime(FileTime.from(clipTime(entry.modified())));
    header.setLinkName(PaxRecords.latin1Of(cutBytes(entry.target().toBytes(), NAME_LENGTH)));
    header.setDevMajor(entry.deviceMajor());
    header.setDevMinor(entry.deviceMinor());
    out.putArchiveEntry(header);
  }

  private static TarArchiveEntry createHeader(String name, byte letter, int mode, long size) {
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
  private static String headerName(TarEntry entry) {
    byte[] path = entry.path().toBytes();
    if (path.length <= NAME_LENGTH) {
      return PaxRecords.latin1Of(path);
    }
    String cut = PaxRecords.latin1Of(cutBytes(path, NAME_LENGTH - 1)).replaceAll("/+$", "");
    return entry.kind() == TarKind.DIRECTORY ? cut + '/' : cut;
  }

  private static byte[] cutBytes(byte[] bytes, int length) {
    return bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
  }

  private static Instant clipTime(Instant time) {
    long most = TarConstants.MAXSIZE;
    return Instant.ofEpochSecond(Math.max(0, Math.min(time.getEpochSecond(), most)));
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
      records.addRecord("mtime", formatSeconds(entry.modified()));
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

  private static String formatSeconds(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .add(BigDecimal.valueOf(time.getNano(), 9))
        .stripTrailingZeros()
        .toPlainString();
  }

  /**
   * Returns a path that must be in the extended header; otherwise nothing. A plain header can hold
   * any bytes, but only ASCII is read the same by all tools.
   */
  private static byte[] extendedBytes(RawPath name) {
    byte[] bytes = name.toBytes();
    boolean ascii = true;
    for (byte b : bytes) {
      ascii &= b >= 0;
    }
    return bytes.length > NAME_LENGTH || (!ascii && isUtf8(bytes)) ? bytes : new byte[0];
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
