package dev.overlays.merge.oci.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Random entries with every attribute that an archive can hold, and their data. */
final class RandomTarEntries {
  private static final List<TarKind> KINDS = List.of(TarKind.values());
  private static final int[] LENGTHS = {1, 30, 98, 99, 100, 101, 155, 255, 600};

  private final Random random;
  private final List<TarEntry> entries = new ArrayList<>();
  private final List<byte[]> data = new ArrayList<>();

  RandomTarEntries(Random random) {
    this.random = random;
  }

  RandomTarEntries addEntries(int count, boolean anyBytes) {
    for (int i = 0; i < count; i++) {
      addEntry(KINDS.get(random.nextInt(KINDS.size())), anyBytes);
    }
    return this;
  }

  private void addEntry(TarKind kind, boolean anyBytes) {
    byte[] content = new byte[0];
    if (kind == TarKind.FILE) {
      content = new byte[random.nextInt(2) * random.nextInt(1600)];
      random.nextBytes(content);
    }
    boolean link = kind == TarKind.HARD_LINK || kind == TarKind.SYMLINK;
    RawPath path = randomPath(anyBytes);
    if (kind == TarKind.DIRECTORY) {
      path = RawPath.of((new String(path.toBytes(), ISO_8859_1) + '/').getBytes(ISO_8859_1));
    }
    entries.add(
        new TarEntry(
            path,
            kind,
            link ? randomPath(anyBytes) : RawPath.EMPTY_PATH,
            random.nextInt(010000),
            randomId(),
            randomId(),
            content.length,
            null,
            kind.isDevice() ? random.nextInt(1 << 12) : 0,
            kind.isDevice() ? random.nextInt(1 << 20) : 0,
            randomTime(),
            randomXattrs()));
    data.add(content);
  }

  /** A path of letters, of characters outside ASCII, or of bytes that are no UTF-8. */
  private RawPath randomPath(boolean anyBytes) {
    int length = LENGTHS[random.nextInt(LENGTHS.length)];
    StringBuilder path = new StringBuilder();
    while (path.length() < length) {
      path.append(path.length() % 7 == 5 ? '/' : (char) ('a' + random.nextInt(26)));
    }
    path.setCharAt(length - 1, 'z');
    int kind = random.nextInt(anyBytes ? 3 : 2);
    if (kind > 0) {
      path.setCharAt(random.nextInt(length), '\u00e4');
    }
    path.setCharAt(0, kind == 1 ? '\u20ac' : 'a');
    return RawPath.of(path.toString().getBytes(kind == 2 ? ISO_8859_1 : UTF_8));
  }

  /** Any but 0xffffffff, which stands for no change. */
  private int randomId() {
    int[] ids = {0, 1000, 07777777, 010000000, Integer.MAX_VALUE, Integer.MIN_VALUE, -2};
    return ids[random.nextInt(ids.length)];
  }

  private Instant randomTime() {
    long[] seconds = {0, 1_000_000_000, 077777777777L, 0100000000000L, -1, -(1L << 38)};
    int nanos = random.nextBoolean() ? 0 : random.nextInt(1_000_000_000);
    return Instant.ofEpochSecond(seconds[random.nextInt(seconds.length)], nanos);
  }

  private SortedMap<String, byte[]> randomXattrs() {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    for (int i = random.nextInt(6); i > 3; i--) {
      byte[] value = new byte[random.nextInt(300)];
      random.nextBytes(value);
      xattrs.put("user." + "%=\u00ff \n3D".substring(random.nextInt(7)) + i, value);
    }
    return xattrs;
  }

  List<TarEntry> entries() {
    return entries;
  }

  byte[] dataOf(int index) {
    return data.get(index);
  }

  /** Returns the archive that {@link TarWriter} writes. */
  byte[] writeArchive() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(out);
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).kind() == TarKind.FILE) {
        writer.putEntry(entries.get(i), new ByteArrayInputStream(data.get(i)));
      } else {
        writer.putEntry(entries.get(i));
      }
    }
    writer.finishArchive();
    return out.toByteArray();
  }

  /** Returns a line for each entry with everything that it has. */
  List<String> describeEntries() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      lines.add(describe(entries.get(i), data.get(i)));
    }
    return lines;
  }

  static String describe(TarEntry entry, byte[] data) {
    StringBuilder xattrs = new StringBuilder();
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      xattrs.append(' ').append(xattr.getKey()).append('=').append(hexOf(xattr.getValue()));
    }
    return "%s %s -> %s %o %d:%d %d %d,%d %s%s %s"
        .formatted(
            entry.kind(),
            hexOf(entry.path().toBytes()),
            hexOf(entry.target().toBytes()),
            entry.mode(),
            entry.owner(),
            entry.group(),
            entry.size(),
            entry.deviceMajor(),
            entry.deviceMinor(),
            entry.modified(),
            xattrs,
            hexOf(data));
  }

  private static String hexOf(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
