package dev.overlays.merge.oci.unpack;

import dev.overlays.OverlayException;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.WhiteoutName;
import dev.overlays.merge.oci.value.OciLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits the paths of an archive into names and refuses paths that no layer can have. Names that a
 * path shares with the path before it are not parsed again, because the paths of a deep tree are
 * long.
 */
final class EntryPathParser {
  private static final int LONGEST_NAME = 255;
  private static final int SPARE_NAMES = 8;
  private static final String LINK_DESCRIPTION = "a hard link to a path";
  private static final ParsedPath EMPTY_PATH = new ParsedPath();

  private final ArchiveRefusals refusals;
  private final OciLimits limits;
  private ParsedPath previousPath = EMPTY_PATH;

  EntryPathParser(ArchiveRefusals refusals, OciLimits limits) {
    this.refusals = refusals;
    this.limits = limits;
  }

  /** Parses the path of an entry. */
  EntryPath parsePath(TarEntry entry) throws OverlayException {
    byte[] path = checkedBytes(entry, entry.path(), "a path");
    int kept = previousPath.sharedNames(path);
    ParsedPath parsed = new ParsedPath(path, previousPath, kept);
    parseNames(parsed, entry.path(), "a path");
    previousPath = parsed;
    return new EntryPath(parsed.names, parsed.whiteoutIndex);
  }

  /** Parses the target of a hard link. */
  List<Name> parseTarget(TarEntry entry) throws OverlayException {
    byte[] path = checkedBytes(entry, entry.target(), LINK_DESCRIPTION);
    ParsedPath parsed = new ParsedPath(path, EMPTY_PATH, 0);
    parseNames(parsed, entry.path(), LINK_DESCRIPTION);
    boolean sign = parsed.whiteoutIndex >= 0 && !AufsNames.isPseudoLink(parsed.names);
    if (parsed.names.isEmpty() || sign) {
      throw refusals.unsafeEntry(entry.path(), "is a hard link to something that is not a file");
    }
    return parsed.names;
  }

  private byte[] checkedBytes(TarEntry entry, RawPath raw, String what) throws OverlayException {
    byte[] path = raw.toBytes();
    if (path.length == 0) {
      throw refusals.brokenArchive("an entry has no path");
    }
    if (path[0] == '/') {
      throw refusals.unsafeEntry(entry.path(), "has " + what + " that is absolute");
    }
    if (path.length > limits.pathBytes()) {
      throw refusals.tooLarge(entry.path(), "has " + what + " that is too long");
    }
    return path;
  }

  private void parseNames(ParsedPath parsed, RawPath shown, String what) throws OverlayException {
    int start = parsed.lastEnd();
    for (int i = start; i <= parsed.path.length; i++) {
      if (i == parsed.path.length || parsed.path[i] == '/') {
        byte[] name = Arrays.copyOfRange(parsed.path, start, i);
        if (name.length > 0 && !(name.length == 1 && name[0] == '.')) {
          parsed.addName(parseName(name, shown, what), i + 1);
        }
        start = i + 1;
      }
    }
    if (parsed.names.size() > limits.depth()) {
      throw refusals.tooLarge(shown, "has " + what + " with too many names");
    }
  }

  private Name parseName(byte[] bytes, RawPath shown, String what) throws OverlayException {
    if (bytes.length > LONGEST_NAME) {
      throw refusals.tooLarge(shown, "has " + what + " with a name of more than 255 bytes");
    }
    try {
      return Name.of(bytes);
    } catch (IllegalArgumentException e) {
      throw refusals.unsafeEntry(shown, "has " + what + " that contains .. or NUL");
    }
  }

  /** A path, its names, and the offset behind the slash of each name. */
  private static final class ParsedPath {
    private final byte[] path;
    private final List<Name> names;
    private int[] ends;
    private int whiteoutIndex;

    /** Makes a path that shares its first names with another one. */
    ParsedPath(byte[] path, ParsedPath before, int kept) {
      this.path = path;
      names = new ArrayList<>(before.names.subList(0, kept));
      ends = Arrays.copyOf(before.ends, kept + SPARE_NAMES);
      whiteoutIndex = before.whiteoutIndex < kept ? before.whiteoutIndex : -1;
    }

    /** Makes an empty path. */
    ParsedPath() {
      path = new byte[0];
      names = List.of();
      ends = new int[0];
      whiteoutIndex = -1;
    }

    /** Returns how many names another path shares. */
    int sharedNames(byte[] other) {
      int same = Arrays.mismatch(path, other);
      int kept = 0;
      while (kept < names.size() && (same < 0 ? path.length : same) >= ends[kept]) {
        kept++;
      }
      return kept;
    }

    int lastEnd() {
      return names.isEmpty() ? 0 : ends[names.size() - 1];
    }

    void addName(Name name, int end) {
      if (names.size() == ends.length) {
        ends = Arrays.copyOf(ends, 2 * ends.length);
      }
      ends[names.size()] = end;
      if (whiteoutIndex < 0 && WhiteoutName.isWhiteoutName(name)) {
        whiteoutIndex = names.size();
      }
      names.add(name);
    }
  }
}
