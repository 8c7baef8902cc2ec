package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The lines of a view, made for speed: it is rendered after every operation of a merge. */
final class Manifest {
  private static final HexFormat HEX = HexFormat.of();

  private final Map<String, Line> lines = new TreeMap<>();
  private final Map<Inode, Integer> names = new HashMap<>();
  private final MessageDigest digest = sha256();
  private final byte[] buffer = new byte[8192];
  private final MarkNamespace marks;
  private final boolean directoryTimes;
  private final String redirect;
  private final String metacopy;

  Manifest(MarkNamespace marks, boolean directoryTimes) {
    this.marks = marks;
    this.directoryTimes = directoryTimes;
    redirect = Mark.REDIRECT.xattr(marks);
    metacopy = Mark.METACOPY.xattr(marks);
  }

  private record Inode(long device, long number) {}

  private record Line(String text, Inode inode) {}

  void add(String path, LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    StringBuilder text = new StringBuilder(200).append(path).append(' ').append(stat.type());
    text.append(" 0").append(Integer.toOctalString(stat.mode()));
    text.append(' ').append(Integer.toUnsignedString(stat.owner()));
    text.append(':').append(Integer.toUnsignedString(stat.group()));
    switch (stat.type()) {
      case FILE ->
          text.append(" size=")
              .append(stat.size())
              .append(" sha256=")
              .append(hash(directory, name));
      case SYMLINK -> text.append(" target=").append(Escaped.bytes(directory.readSymlink(name)));
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          text.append(" device=").append(stat.deviceMajor()).append(':').append(stat.deviceMinor());
      default -> {}
    }
    xattrs(text, directory, name);
    if (!stat.isDirectory() || directoryTimes) {
      text.append(" mtime=").append(stat.modified());
    }
    Inode inode = new Inode(stat.device(), stat.inode());
    if (stat.type() != EntryType.DIRECTORY) {
      names.merge(inode, 1, Integer::sum);
    }
    lines.put(path, new Line(text.toString(), inode));
  }

  private void xattrs(StringBuilder text, LayerDirectory directory, Name name) throws IOException {
    List<String> xattrs = directory.xattrs(name);
    if (xattrs.isEmpty()) {
      return;
    }
    List<String> sorted = new ArrayList<>(xattrs);
    sorted.sort(null);
    for (String xattr : sorted) {
      if (xattr.equals(redirect) || xattr.equals(metacopy)) {
        throw new UnsupportedOperationException(xattr + " on " + directory + "/" + name);
      }
      if (!marks.isMark(xattr)) {
        byte[] value = directory.xattr(name, xattr).orElseThrow();
        text.append(' ').append(Escaped.bytes(xattr.getBytes(StandardCharsets.ISO_8859_1)));
        text.append('=').append(HEX.formatHex(value));
      }
    }
  }

  private String hash(LayerDirectory directory, Name name) throws IOException {
    try (InputStream in = directory.readFile(name)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HEX.formatHex(digest.digest());
  }

  /** The lines by path; entries that share an inode have the path of the first one. */
  List<String> lines(boolean hardLinks) {
    List<String> result = new ArrayList<>(lines.size());
    Map<Inode, String> first = new HashMap<>();
    for (Map.Entry<String, Line> line : lines.entrySet()) {
      Inode inode = line.getValue().inode();
      String text = line.getValue().text();
      if (hardLinks && names.getOrDefault(inode, 0) > 1) {
        text += " links=" + first.computeIfAbsent(inode, unseen -> line.getKey());
      }
      result.add(text);
    }
    return result;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }
}
