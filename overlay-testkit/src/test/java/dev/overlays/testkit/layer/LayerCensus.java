package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Records which features occur in two layers. */
final class LayerCensus {
  private static final MarkNamespace MARKS = MarkNamespace.USER;
  private static final List<EntryType> KINDS =
      Arrays.stream(EntryType.values()).filter(kind -> kind != EntryType.UNKNOWN).toList();

  private final Set<String> found;

  private LayerCensus(Set<String> found) {
    this.found = found;
  }

  static Set<String> expectedFeatures() {
    Set<String> expected = new TreeSet<>();
    for (EntryType kind : KINDS) {
      expected.add("added " + kind);
      expected.add("whiteout over " + kind);
      for (EntryType old : KINDS) {
        expected.add(kind + " over " + old);
      }
    }
    for (String layer : List.of("lower ", "upper ")) {
      for (int depth = 0; depth <= RandomEntries.MAX_DEPTH; depth++) {
        expected.add(layer + "depth " + depth);
      }
      for (String what :
          List.of(
              "empty file",
              "big file",
              "hard link",
              "xattr",
              "set-user-ID",
              "owner",
              "space",
              "newline",
              "backslash",
              "not ASCII",
              "not UTF-8",
              "long name",
              "dangling link",
              "link to a parent")) {
        expected.add(layer + what);
      }
    }
    expected.addAll(
        List.of(
            "dangling whiteout",
            "whiteout in an opaque directory",
            "opaque over a directory",
            "opaque over nothing",
            "merged directory",
            "new directory that is not opaque",
            "origin on FILE",
            "origin on DIRECTORY",
            "impure",
            "private path: lower true, upper true",
            "private path: lower true, upper false",
            "private path: lower false, upper true",
            "private path: lower false, upper false"));
    return expected;
  }

  static void countFeatures(LayerStore store, Path lower, Path upper, Set<String> found)
      throws IOException {
    LayerCensus census = new LayerCensus(found);
    try (LayerDirectory lowerRoot = store.open(lower);
        LayerDirectory upperRoot = store.open(upper)) {
      census.examineLayer("lower ", lowerRoot, 0);
      census.examineLayer("upper ", upperRoot, 0);
      census.examinePair(upperRoot, lowerRoot, false);
    }
  }

  private void examineLayer(String layer, LayerDirectory directory, int depth) throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      Name name = entry.name();
      EntryStat stat = LayerEntries.requireStat(directory, name);
      found.add(layer + "depth " + depth);
      examineName(layer, name);
      noteIf(layer + "owner", stat.owner() != 0 && stat.group() != 0);
      noteIf(layer + "set-user-ID", (stat.mode() & 04000) != 0);
      noteIf(
          layer + "xattr", directory.xattrs(name).stream().anyMatch(xattr -> !MARKS.isMark(xattr)));
      if (stat.type() == EntryType.FILE) {
        noteIf(layer + "empty file", stat.size() == 0);
        noteIf(layer + "big file", stat.size() > 8192);
        noteIf(layer + "hard link", stat.links() > 1);
      } else if (stat.type() == EntryType.SYMLINK) {
        String target = new String(directory.readSymlink(name), StandardCharsets.UTF_8);
        noteIf(layer + "dangling link", target.equals("missing"));
        noteIf(layer + "link to a parent", target.equals(".."));
      } else if (stat.isDirectory()) {
        try (LayerDirectory inner = directory.open(name)) {
          examineLayer(layer, inner, depth + 1);
        }
      }
    }
  }

  private void examineName(String layer, Name name) {
    String text = name.toString();
    noteIf(layer + "space", text.contains(" "));
    noteIf(layer + "newline", text.contains("\n"));
    noteIf(layer + "backslash", text.contains("\\"));
    noteIf(layer + "long name", name.length() >= 200);
    boolean utf8 = Name.of(text).equals(name);
    noteIf(layer + "not UTF-8", !utf8);
    noteIf(layer + "not ASCII", utf8 && text.chars().anyMatch(c -> c > 0x7f));
  }

  private void examinePair(LayerDirectory upper, LayerDirectory lower, boolean opaque)
      throws IOException {
    EntryCursor entries = upper.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      Name name = entry.name();
      EntryStat stat = LayerEntries.requireStat(upper, name);
      Optional<EntryStat> old = lower.stat(name);
      String below = old.map(what -> " over " + what.type()).orElse("");
      if (stat.isWhiteoutDevice()) {
        found.add(old.isPresent() ? "whiteout" + below : "dangling whiteout");
        noteIf("whiteout in an opaque directory", opaque);
        continue;
      }
      found.add(old.isPresent() ? stat.type() + below : "added " + stat.type());
      noteIf("origin on " + stat.type(), upper.xattr(name, "user.overlay.origin").isPresent());
      if (stat.isDirectory()) {
        examineDirectory(upper, lower, name, old);
      }
    }
  }

  private void examineDirectory(
      LayerDirectory upper, LayerDirectory lower, Name name, Optional<EntryStat> old)
      throws IOException {
    boolean opaque = LayerEntries.isOpaque(upper, name, MARKS);
    noteIf("impure", upper.xattr(name, "user.overlay.impure").isPresent());
    if (old.filter(EntryStat::isDirectory).isPresent()) {
      found.add(opaque ? "opaque over a directory" : "merged directory");
      try (LayerDirectory innerUpper = upper.open(name);
          LayerDirectory innerLower = lower.open(name)) {
        examinePair(innerUpper, innerLower, opaque);
      }
    } else if (old.isEmpty()) {
      found.add(opaque ? "opaque over nothing" : "new directory that is not opaque");
    }
  }

  private void noteIf(String what, boolean occurs) {
    if (occurs) {
      found.add(what);
    }
  }
}
