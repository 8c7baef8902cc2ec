package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * What is said of an entry before its own header, in the forms of POSIX pax and of GNU tar; and
 * both together.
 */
final class ExtendedHeader {
  private static final int OWNER = TarConstants.NAMELEN + TarConstants.MODELEN;
  private static final int GROUP = OWNER + TarConstants.UIDLEN;

  /** ACLs as words, which star and bsdtar write. */
  static final String TEXT_ACL = "SCHILY.acl.";

  private static final long LARGEST_ID = 0xfffffffeL;

  /** What a global header may hold: nothing that would change an entry. */
  private static final Set<String> HARMLESS = Set.of("comment", "atime", "ctime");

  private final Refusals refusals;
  private Map<String, byte[]> records = new HashMap<>();
  private byte[] longName = {};
  private byte[] longTarget = {};
  private boolean isEmpty = true;

  ExtendedHeader(Refusals refusals) {
    this.refusals = refusals;
  }

  /** Whether a header of this letter is about the next one. */
  static boolean is(byte letter) {
    return letter == TarConstants.LF_PAX_EXTENDED_HEADER_LC
        || letter == TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
        || letter == TarConstants.LF_GNUTYPE_LONGNAME
        || letter == TarConstants.LF_GNUTYPE_LONGLINK;
  }

  boolean isEmpty() {
    return isEmpty;
  }

  void add(byte letter, byte[] content) throws OverlayException {
    switch (letter) {
      case TarConstants.LF_GNUTYPE_LONGNAME -> longName = terminated(content);
      case TarConstants.LF_GNUTYPE_LONGLINK -> longTarget = terminated(content);
      case TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER -> {
        if (!HARMLESS.containsAll(parse(content).keySet())) {
          throw refusals.unsupported(
              RawPath.of(content), "of the whole archive changes all that follow");
        }
        return;
      }
      default -> {
        if (!records.isEmpty()) {
          throw refusals.broken("an entry has two extended headers");
        }
        records = parse(content);
      }
    }
    isEmpty = false;
  }

  private Map<String, byte[]> parse(byte[] content) throws OverlayException {
    try {
      return PaxRecords.parse(content);
    } catch (IllegalArgumentException e) {
      throw refusals.broken(e.getMessage());
    }
  }

  private static byte[] terminated(byte[] content) {
    int end = 0;
    while (end < content.length && content[end] != 0) {
      end++;
    }
    return Arrays.copyOf(content, end);
  }

  /**
   * The entry that all this is about.
   *
   * @param block the bytes of the header, of which commons-compress makes IDs of 31 bits
   */
  TarEntry entry(TarArchiveEntry header, byte[] block) throws OverlayException {
    RawPath path = name("path", longName, header.getName());
    byte letter = header.getLinkFlag();
    TarKind kind = TarKind.of(letter);
    if (kind == null || records.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."))) {
      String what = kind == null ? "is of the kind '" + (char) letter + "'" : "is a sparse file";
      throw refusals.unsupported(path, what + ", which a layer does not have");
    }
    if (kind == TarKind.FILE && path.endsWithSlash()) {
      kind = TarKind.DIRECTORY;
    }
    // The other kinds have no data, whatever size their header has: tools differ in that.
    long size = number(path, "size", header.getSize(), Long.MAX_VALUE);
    return new TarEntry(
        path,
        kind,
        name("linkpath", longTarget, header.getLinkName()),
        header.getMode() & 07777,
        (int) number(path, "uid", id(block, OWNER), LARGEST_ID),
        (int) number(path, "gid", id(block, GROUP), LARGEST_ID),
        kind == TarKind.FILE ? size : 0,
        header.getDevMajor(),
        header.getDevMinor(),
        time(path, header.getLastModifiedTime()),
        xattrs());
  }

  private static long id(byte[] block, int offset) {
    return TarUtils.parseOctalOrBinary(block, offset, TarConstants.UIDLEN);
  }

  private RawPath name(String key, byte[] gnu, String plain) {
    byte[] posix = records.getOrDefault(key, new byte[0]);
    if (posix.length > 0) {
      return RawPath.of(posix);
    }
    return RawPath.of(gnu.length > 0 ? gnu : PaxRecords.latin1(plain));
  }

  private long number(RawPath path, String key, long plain, long most) throws OverlayException {
    String text = PaxRecords.latin1(records.getOrDefault(key, new byte[0]));
    long number = plain;
    if (!text.isEmpty()) {
      number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }
    if (number < 0 || number > most) {
      throw refusals.broken("the " + key + " of " + path + " is out of range");
    }
    return number;
  }

  private Instant time(RawPath path, FileTime plain) throws OverlayException {
    String text = PaxRecords.latin1(records.getOrDefault("mtime", new byte[0]));
    if (text.isEmpty()) {
      return plain.toInstant();
    }
    if (!text.matches("-?[0-9]{1,12}(\\.[0-9]{0,30})?")) {
      throw refusals.broken("the time of " + path + " is none");
    }
    BigDecimal time = new BigDecimal(text);
    BigDecimal second = time.setScale(0, RoundingMode.FLOOR);
    BigDecimal nanos = time.subtract(second).movePointRight(9);
    return Instant.ofEpochSecond(second.longValueExact(), nanos.longValue());
  }

  private SortedMap<String, byte[]> xattrs() {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    records.forEach(
        (key, value) -> {
          if (key.startsWith(PaxRecords.XATTR)) {
            xattrs.put(PaxRecords.xattr(key), value);
          } else if (key.startsWith(TEXT_ACL)) {
            xattrs.put(key, value);
          }
        });
    return xattrs;
  }
}
