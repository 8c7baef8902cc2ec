package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Records which formats occur in a layer. */
final class FormatCensus {
  private static final String MARK = "user.overlay.";

  private final String layer;
  private final Set<String> found;

  private FormatCensus(String layer, Set<String> found) {
    this.layer = layer;
    this.found = found;
  }

  static void countFormats(String layer, LayerDirectory root, Set<String> found)
      throws IOException {
    new FormatCensus(layer, found).examineDirectory(root, false);
  }

  static Set<String> expectedFormats() {
    Set<String> expected = new TreeSet<>();
    for (String layer : new String[] {"upper", "middle"}) {
      for (String where : new String[] {"", " in a redirected directory"}) {
        for (String kind : new String[] {"metacopy", "directory"}) {
          expected.add(layer + ": " + kind + where + ", redirect none");
          expected.add(layer + ": " + kind + where + ", redirect absolute");
          expected.add(layer + ": " + kind + where + ", redirect relative");
        }
        expected.add(layer + ": whiteout" + where);
      }
      for (int size : new int[] {0, 4, 36}) {
        expected.add(layer + ": metacopy mark of " + size);
      }
      expected.add(layer + ": metacopy with several names");
      expected.add(layer + ": redirect and opaque");
      for (String letters : new String[] {"i", "a", "ai"}) {
        expected.add(layer + ": protattr " + letters);
      }
    }
    expected.add("middle: opaque x");
    for (String layer : new String[] {"upper", "middle", "lower"}) {
      expected.add(layer + ": nested mark on FILE");
      expected.add(layer + ": nested mark on DIRECTORY");
    }
    return expected;
  }

  private void examineDirectory(LayerDirectory directory, boolean redirected) throws IOException {
    markText(directory, Name.SELF, "opaque")
        .filter("x"::equals)
        .ifPresent(opaque -> noteFormat("opaque " + opaque));
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      examineEntry(directory, entry.name(), redirected);
    }
  }

  private void examineEntry(LayerDirectory directory, Name name, boolean inRedirected)
      throws IOException {
    EntryStat stat = LayerEntries.requireStat(directory, name);
    String where = inRedirected ? " in a redirected directory" : "";
    if (stat.isWhiteoutDevice()) {
      noteFormat("whiteout" + where);
      return;
    }
    Optional<String> redirect = markText(directory, name, "redirect");
    String kind = redirect.map(to -> to.startsWith("/") ? "absolute" : "relative").orElse("none");
    Optional<String> metacopy = markText(directory, name, "metacopy");
    if (metacopy.isPresent()) {
      noteFormat("metacopy" + where + ", redirect " + kind);
      noteFormat("metacopy mark of " + metacopy.get().length());
      if (stat.links() > 1) {
        noteFormat("metacopy with several names");
      }
    }
    markText(directory, name, "protattr").ifPresent(letters -> noteFormat("protattr " + letters));
    if (directory.xattrs(name).stream().anyMatch(xattr -> xattr.startsWith(MARK + "overlay."))) {
      noteFormat("nested mark on " + stat.type());
    }
    if (stat.type() == EntryType.DIRECTORY) {
      noteFormat("directory" + where + ", redirect " + kind);
      if (redirect.isPresent()
          && markText(directory, name, "opaque").filter("y"::equals).isPresent()) {
        noteFormat("redirect and opaque");
      }
      try (LayerDirectory inner = directory.open(name)) {
        examineDirectory(inner, inRedirected || redirect.isPresent());
      }
    }
  }

  private void noteFormat(String what) {
    found.add(layer + ": " + what);
  }

  private static Optional<String> markText(LayerDirectory directory, Name name, String mark)
      throws IOException {
    return directory.xattr(name, MARK + mark).map(value -> new String(value, ISO_8859_1));
  }
}
