package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Collects the lines of a view. It is built for speed, since tests render a view after every
 * operation of a merge.
 */
final class ViewManifest {
  private static final HexFormat HEX = HexFormat.of();

  private final Map<String, ManifestLine> lines = new TreeMap<>();
  private final Map<ManifestInode, Integer> linkCounts = new HashMap<>();
  private final CRC32C checkSum = new CRC32C();
  private final byte[] buffer = new byte[8192];
  private final MarkInterpretation marks;
  private final boolean directoryTimes;

  ViewManifest(MarkInterpretation marks, boolean directoryTimes) {
    this.marks = marks;
    this.directoryTimes = directoryTimes;
  }

  private record ManifestInode(long device, long number) {}

  private record ManifestLine(String text, ManifestInode inode) {}

  /** Adds a line for some entries that show as one; the first of them has the attributes. */
  void addEntry(String path, List<FoundEntry> entries, boolean dataMissing) throws IOException {
    FoundEntry top = entries.get(0);
    EntryStat stat = top.stat();
    StringBuilder text = new StringBuilder(200).append(path).append(' ').append(stat.type());
    text.append(" 0").append(Integer.toOctalString(stat.mode()));
    text.append(' ').append(Integer.toUnsignedString(stat.owner()));
    text.append(':').append(Integer.toUnsignedString(stat.group()));
    String flags = marks.shownProtection(top);
    if (!flags.isEmpty()) {
      text.append(" flags=").append(flags);
    }
    switch (stat.type()) {
      case FILE -> {
        text.append(" size=").append(stat.size());
        text.append(dataMissing ? " data=missing" : " crc32c=" + sumData(entries));
      }
      case SYMLINK ->
          text.append(" target=")
              .append(EscapedBytes.escapeBytes(top.directory().readSymlink(top.name())));
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          text.append(" device=").append(stat.deviceMajor()).append(':').append(stat.deviceMinor());
      default -> {}
    }
    appendXattrs(text, top);
    if (!stat.isDirectory() || directoryTimes) {
      text.append(" mtime=").append(stat.modified());
    }
    ManifestInode inode = new ManifestInode(stat.device(), stat.inode());
    if (stat.type() != EntryType.DIRECTORY) {
      linkCounts.merge(inode, 1, Integer::sum);
    }
    lines.put(path, new ManifestLine(text.toString(), inode));
  }

  private void appendXattrs(StringBuilder text, FoundEntry entry) throws IOException {
    Map<String, String> shown = new TreeMap<>();
    for (String xattr : entry.xattrs()) {
      Optional<String> name = marks.shownXattrName(xattr);
      if (name.isPresent()) {
        shown.put(name.get(), xattr);
      }
    }
    for (Map.Entry<String, String> xattr : shown.entrySet()) {
      byte[] value = entry.xattrValue(xattr.getValue()).orElseThrow();
      text.append(' ')
          .append(EscapedBytes.escapeBytes(xattr.getKey().getBytes(StandardCharsets.ISO_8859_1)));
      text.append('=').append(HEX.formatHex(value));
    }
  }

  /** Sums the data, which the last entry has; those above it are metacopy files. */
  private String sumData(List<FoundEntry> entries) throws IOException {
    FoundEntry data = entries.get(entries.size() - 1);
    checkSum.reset();
    try (InputStream in = data.directory().readFile(data.name())) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        checkSum.update(buffer, 0, n);
      }
    }
    return HEX.toHexDigits((int) checkSum.getValue());
  }

  /**
   * Returns the lines sorted by path; entries that share an inode name the path of the first one.
   */
  List<String> renderLines(boolean hardLinks) {
    List<String> result = new ArrayList<>(lines.size());
    Map<ManifestInode, String> first = new HashMap<>();
    for (Map.Entry<String, ManifestLine> line : lines.entrySet()) {
      ManifestInode inode = line.getValue().inode();
      String text = line.getValue().text();
      if (hardLinks && linkCounts.getOrDefault(inode, 0) > 1) {
        text += " links=" + first.computeIfAbsent(inode, unseen -> line.getKey());
      }
      result.add(text);
    }
    return result;
  }
}
