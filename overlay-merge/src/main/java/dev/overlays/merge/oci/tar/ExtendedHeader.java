package dev.overlays.merge.oci.tar;

import dev.overlays.OverlayException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The headers that precede an entry's own header, in the forms of POSIX pax and of GNU tar. Creates
 * the entry from all of them.
 */
final class ExtendedHeader {
  /** Lengths and offsets of header fields. */
  private static final int SHORT_LENGTH = TarConstants.MODELEN;

  private static final int NUMBER_LENGTH = TarConstants.SIZELEN;
  private static final int MODE_OFFSET = TarConstants.NAMELEN;
  private static final int OWNER_OFFSET = MODE_OFFSET + SHORT_LENGTH;
  private static final int GROUP_OFFSET = OWNER_OFFSET + SHORT_LENGTH;
  private static final int SIZE_OFFSET = GROUP_OFFSET + SHORT_LENGTH;
  private static final int TIME_OFFSET = SIZE_OFFSET + NUMBER_LENGTH;
  private static final int DEVICE_OFFSET = 329;

  /** Some tools also write the file type into the mode. */
  private static final long LARGEST_MODE = 0777777;

  private static final long LARGEST_ID = 0xfffffffeL;

  /** Source: Linux, include/linux/kdev_t.h, MINORBITS. */
  private static final long LARGEST_MAJOR = (1 << 12) - 1;

  private static final long LARGEST_MINOR = (1 << 20) - 1;
  private static final long FARTHEST_TIME = 1_000_000_000_000L;

  /** The keys that a global header may hold: they change no entry. */
  private static final Set<String> HARMLESS_GLOBAL_KEYS = Set.of("comment", "atime", "ctime");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
  private static final byte[] NO_VALUE = {};

  private final ArchiveRefusals refusals;
  private Map<String, byte[]> records = new HashMap<>();
  private byte[] longName = {};
  private byte[] longTarget = {};
  private boolean isEmpty = true;

  ExtendedHeader(ArchiveRefusals refusals) {
    this.refusals = refusals;
  }

  /** Whether a header with this type flag extends the header that follows it. */
  static boolean isExtendedHeader(byte letter) {
    return letter == TarConstants.LF_PAX_EXTENDED_HEADER_LC
        || letter == TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
        || letter == TarConstants.LF_GNUTYPE_LONGNAME
        || letter == TarConstants.LF_GNUTYPE_LONGLINK;
  }

  boolean isEmpty() {
    return isEmpty;
  }

  void addHeader(byte letter, byte[] content) throws OverlayException {
    switch (letter) {
      case TarConstants.LF_GNUTYPE_LONGNAME -> longName = untilNul(content);
      case TarConstants.LF_GNUTYPE_LONGLINK -> longTarget = untilNul(content);
      case TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER -> {
        if (!HARMLESS_GLOBAL_KEYS.containsAll(parseRecords(content).keySet())) {
          throw refusals.unsupportedEntry(
              RawPath.of(content), "is a global header that changes all following entries");
        }
        return;
      }
      default -> {
        if (!records.isEmpty()) {
          throw refusals.brokenArchive("an entry has two extended headers");
        }
        records = parseRecords(content);
      }
    }
    isEmpty = false;
  }

  private Map<String, byte[]> parseRecords(byte[] content) throws OverlayException {
    try {
      return PaxRecords.parse(content);
    } catch (IllegalArgumentException e) {
      throw refusals.brokenArchive(e.getMessage());
    }
  }

  private static byte[] untilNul(byte[] content) {
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
  TarEntry createEntry(PlainHeader header, byte[] block) throws OverlayException {
    RawPath path = effectivePath("path", longName, header.name());
    byte letter = header.letter();
    TarKind kind = TarKind.of(letter);
    if (kind == null) {
      throw refusals.unsupportedEntry(
          path, "has the type '" + (char) letter + "', which a layer cannot have");
    }
    byte[] sparse = SparseMapReader.sparseName(records);
    if (kind == TarKind.FILE && sparse != null && sparse.length > 0) {
      path = RawPath.of(sparse);
    }
    if (kind == TarKind.FILE && path.endsWithSlash()) {
      kind = TarKind.DIRECTORY;
    }
    // Other kinds have no data, whatever size their header states: tools differ in that.
    long size =
        effectiveNumber(
            path, "size", headerNumber(path, block, SIZE_OFFSET, NUMBER_LENGTH), Long.MAX_VALUE);
    return new TarEntry(
        path,
        kind,
        effectivePath("linkpath", longTarget, header.target()),
        (int)
                checkRange(
                    path,
                    "mode",
                    headerNumber(path, block, MODE_OFFSET, SHORT_LENGTH),
                    LARGEST_MODE)
            & 07777,
        (int)
            effectiveNumber(
                path, "uid", headerNumber(path, block, OWNER_OFFSET, SHORT_LENGTH), LARGEST_ID),
        (int)
            effectiveNumber(
                path, "gid", headerNumber(path, block, GROUP_OFFSET, SHORT_LENGTH), LARGEST_ID),
        kind == TarKind.FILE ? size : 0,
        null,
        deviceNumber(kind, path, "SCHILY.devmajor", block, DEVICE_OFFSET, LARGEST_MAJOR),
        deviceNumber(
            kind, path, "SCHILY.devminor", block, DEVICE_OFFSET + SHORT_LENGTH, LARGEST_MINOR),
        parseTime(path, headerNumber(path, block, TIME_OFFSET, NUMBER_LENGTH)),
        recordedXattrs());
  }

  /** Reads the map of a sparse file; returns null if the file is not sparse. */
  SparseMap readSparseMap(
      byte[] block, TarEntry entry, SparseMapReader.BlockSource blocks, int most)
      throws IOException {
    if (records.isEmpty() && block[TarConstants.LF_OFFSET] != TarConstants.LF_GNUTYPE_SPARSE) {
      return null;
    }
    try {
      return new SparseMapReader(records, blocks, most).readMap(block, entry.size());
    } catch (IllegalArgumentException e) {
      throw refusals.brokenArchive(e.getMessage() + " (" + entry.path() + ")");
    }
  }

  private long headerNumber(RawPath path, byte[] block, int offset, int length)
      throws OverlayException {
    try {
      return HeaderNumber.parse(block, offset, length);
    } catch (IllegalArgumentException e) {
      throw refusals.brokenArchive("the header of " + path + " has an invalid number");
    }
  }

  /** Returns a device number; -1 if no Linux device can have it. */
  private int deviceNumber(
      TarKind kind, RawPath path, String key, byte[] block, int offset, long most)
      throws OverlayException {
    if (!kind.isDevice()) {
      return 0;
    }
    long plain = headerNumber(path, block, offset, SHORT_LENGTH);
    long number = effectiveNumber(path, key, plain < 0 ? Long.MAX_VALUE : plain, Long.MAX_VALUE);
    return number <= most ? (int) number : -1;
  }

  private RawPath effectivePath(String key, byte[] gnu, RawPath plain) {
    byte[] posix = records.getOrDefault(key, NO_VALUE);
    if (posix.length > 0) {
      return RawPath.of(posix);
    }
    return gnu.length > 0 ? RawPath.of(gnu) : plain;
  }

  /** Returns the number of the extended header, or else that of the header. */
  private long effectiveNumber(RawPath path, String key, long plain, long most)
      throws OverlayException {
    String text = PaxRecords.latin1Of(records.getOrDefault(key, NO_VALUE));
    long number = plain;
    if (!text.isEmpty()) {
      number = NUMBER.matcher(text).matches() ? Long.parseLong(text) : -1;
    }
    return checkRange(path, key, number, most);
  }

  private long checkRange(RawPath path, String key, long number, long most)
      throws OverlayException {
    if (number < 0 || number > most) {
      throw refusals.brokenArchive("the " + key + " of " + path + " is out of range");
    }
    return number;
  }

  private Instant parseTime(RawPath path, long plain) throws OverlayException {
    byte[] text = records.getOrDefault("mtime", NO_VALUE);
    if (text.length == 0 && plain / FARTHEST_TIME == 0) {
      return Instant.ofEpochSecond(plain);
    }
    try {
      return TimeText.parse(text);
    } catch (IllegalArgumentException e) {
      throw refusals.brokenArchive("the time of " + path + " is invalid");
    }
  }

  private SortedMap<String, byte[]> recordedXattrs() {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    records.forEach(
        (key, value) -> {
          if (key.startsWith(PaxRecords.XATTR_PREFIX)) {
            xattrs.put(PaxRecords.xattrName(key), value);
          } else if (key.startsWith(AclText.KEY_PREFIX)) {
            xattrs.put(key, value);
          }
        });
    return xattrs;
  }
}
