package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The headers that precede an entry's own header, in the forms of POSIX pax and of GNU tar. Creates
 * the entry from all of them.
 */
final class ExtendedHeader {
  /** Lengths and offsets of header fields. */
  private static final int SHORT = TarConstants.MODELEN;

  private static final int NUMBER = TarConstants.SIZELEN;
  private static final int MODE = TarConstants.NAMELEN;
  private static final int OWNER = MODE + SHORT;
  private static final int GROUP = OWNER + SHORT;
  private static final int SIZE = GROUP + SHORT;
  private static final int TIME = SIZE + NUMBER;
  private static final int DEVICE = 329;

  /** Some tools also write the file type into the mode. */
  private static final long LARGEST_MODE = 0777777;

  private static final long LARGEST_ID = 0xfffffffeL;

  /** Source: Linux, include/linux/kdev_t.h, MINORBITS. */
  private static final long LARGEST_MAJOR = (1 << 12) - 1;

  private static final long LARGEST_MINOR = (1 << 20) - 1;
  private static final long FARTHEST_TIME = 1_000_000_000_000L;

  /** The keys that a global header may hold: they change no entry. */
  private static final Set<String> HARMLESS = Set.of("comment", "atime", "ctime");

  private final ArchiveRefusals refusals;
  private Map<String, byte[]> records = new HashMap<>();
  private byte[] longName = {};
  private byte[] longTarget = {};
  private boolean isEmpty = true;

  ExtendedHeader(ArchiveRefusals refusals) {
    this.refusals = refusals;
  }

  /** Whether a header with this type flag extends the header that follows it. */
  static boolean isType(byte letter) {
    return letter == TarConstants.LF_PAX_EXTENDED_HEADER_LC
        || letter == TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
        || letter == TarConstants.LF_GNUTYPE_LONGNAME
        || letter == TarConstants.LF_GNUTYPE_LONGLINK;
  }

  boolean isEmpty() {
    return isEmpty;
  }

  void addRecord(byte letter, byte[] content) throws OverlayException {
    switch (letter) {
      case TarConstants.LF_GNUTYPE_LONGNAME -> longName = terminatedBytes(content);
      case TarConstants.LF_GNUTYPE_LONGLINK -> longTarget = terminatedBytes(content);
      case TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER -> {
        if (!HARMLESS.containsAll(parse(content).keySet())) {
          throw refusals.unsupportedEntry(
              RawPath.of(content), "is a global header that changes all following entries");
        }
        return;
      }
      default -> {
        if (!records.isEmpty()) {
          throw refusals.brokenArchive("an entry has two extended headers");
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
      throw refusals.brokenArchive(e.getMessage());
    }
  }

  private static byte[] terminatedBytes(byte[] content) {
    int end = 0;
    while (end < content.length && content[end] != 0) {
      end++;
    }
    return Arrays.copyOf(content, end);
  }

  /**
   * Creates the entry that these headers describe, with the size that its data has in the archive.
   *
   * @param block the bytes of the header: commons-compress drops the highest bits of its numbers
   */
  TarEntry entryOf(TarArchiveEntry header, byte[] block) throws OverlayException {
    RawPath path = nameOf("path", longName, header.getName());
    byte letter = header.getLinkFlag();
    TarKind kind = TarKind.of(letter);
    if (kind == null) {
      throw refusals.unsupportedEntry(
          path, "has the type '" + (char) letter + "', which a layer cannot have");
    }
    byte[] sparse = SparseReader.nameIn(records);
    if (kind == TarKind.FILE && sparse != null && sparse.length > 0) {
      path = RawPath.of(sparse);
    }
    if (kind == TarKind.FILE && path.endsWithSlash()) {
      kind = TarKind.DIRECTORY;
    }
    // Other kinds have no data, whatever size their header states: tools differ in that.
    long size = numberOf(path, "size", fieldOf(path, block, SIZE, NUMBER), Long.MAX_VALUE);
    return new TarEntry(
        path,
        kind,
        nameOf("linkpath", longTarget, header.getLinkName()),
        (int) rangeOf(path, "mode", fieldOf(path, block, MODE, SHORT), LARGEST_MODE) & 07777,
        (int) numberOf(path, "uid", fieldOf(path, block, OWNER, SHORT), LARGEST_ID),
        (int) numberOf(path, "gid", fieldOf(path, block, GROUP, SHORT), LARGEST_ID),
        kind == TarKind.FILE ? size : 0,
        null,
        deviceOf(kind, path, "SCHILY.devmajor", block, DEVICE, LARGEST_MAJOR),
        deviceOf(kind, path, "SCHILY.devminor", block, DEVICE + SHORT, LARGEST_MINOR),
        timeOf(path, fieldOf(path, block, TIME, NUMBER)),
        decodedXattrs());
  }

  /** Reads the map of a sparse file; returns null if the file is not sparse. */
  SparseMap sparseMap(byte[] block, TarEntry entry, SparseReader.BlockReader blocks, int most)
      throws IOException {
    if (records.isEmpty() && block[TarConstants.LF_OFFSET] != TarConstants.LF_GNUTYPE_SPARSE) {
      return null;
    }
    try {
      return new SparseReader(records, blocks, most).readMap(block, entry.size());
    } catch (IllegalArgumentException e) {
      throw refusals.brokenArchive(e.getMessage() + " (" + entry.path() + ")");
    }
  }

  private long fieldOf(RawPath path, byte[] block, int offset, int length) throws OverlayException {
    try {
      return BlockNumber.parse(block, offset, length);
    } catch (IllegalArgumentException e) {
      throw refusals.brokenArchive("the header of " + path + " has an invalid number");
    }
  }

  /** Returns a device number; -1 if no Linux device can have it. */
  private int deviceOf(TarKind kind, RawPath path, String key, byte[] block, int offset, long most)
      throws OverlayException {
    if (!kind.isDevice()) {
      return 0;
    }
    long plain = fieldOf(path, block, offset, SHORT);
    long number = numberOf(path, key, plain < 0 ? Long.MAX_VALUE : plain, Long.MAX_VALUE);
    return number <= most ? (int) number : -1;
  }

  private RawPath nameOf(String key, byte[] gnu, String plain) {
    byte[] posix = records.getOrDefault(key, new byte[0]);
    if (posix.length > 0) {
      return RawPath.of(posix);
    }
    return RawPath.of(gnu.length > 0 ? gnu : PaxRecords.latin1Of(plain));
  }

  /** Returns the number of the extended header, or else that of the header. */
  private long numberOf(RawPath path, String key, long plain, long most) throws OverlayException {
    String text = PaxRecords.latin1Of(records.getOrDefault(key, new byte[0]));
    long number = plain;
    if (!text.isEmpty()) {
      number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }
    return rangeOf(path, key, number, most);
  }

  private long rangeOf(RawPath path, String key, long number, long most) throws OverlayException {
    if (number < 0 || number > most) {
      throw refusals.brokenArchive("the " + key + " of " + path + " is out of range");
    }
    return number;
  }

  private Instant timeOf(RawPath path, long plain) throws OverlayException {
    String text = PaxRecords.latin1Of(records.getOrDefault("mtime", new byte[0]));
    if (text.isEmpty() && plain / FARTHEST_TIME == 0) {
      return Instant.ofEpochSecond(plain);
    }
    if (!text.matches("-?[0-9]{1,12}(\\.[0-9]{0,30})?")) {
      throw refusals.brokenArchive("the time of " + path + " is invalid");
    }
    BigDecimal time = new BigDecimal(text);
    BigDecimal second = time.setScale(0, RoundingMode.FLOOR);
    BigDecimal nanos = time.subtract(second).movePointRight(9);
    return Instant.ofEpochSecond(second.longValueExact(), nanos.longValue());
  }

  private SortedMap<String, byte[]> decodedXattrs() {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    records.forEach(
        (key, value) -> {
          if (key.startsWith(PaxRecords.XATTR)) {
            xattrs.put(PaxRecords.xattrRecord(key), value);
          } else if (key.startsWith(AclText.PREFIX)) {
            xattrs.put(key, value);
          }
        });
    return xattrs;
  }
}
