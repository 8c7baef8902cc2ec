package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.layer.Name;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The paths of an archive as the names of a layer, if they are such. */
final class EntryNames {
  private static final int LONGEST_NAME = 255;

  private final Refusals refusals;
  private final OciLimits limits;

  EntryNames(Refusals refusals, OciLimits limits) {
    this.refusals = refusals;
    this.limits = limits;
  }

  /** The names from the root of the layer on; none for the root itself. */
  List<Name> of(TarEntry entry) throws OverlayException {
    return names(entry, entry.path(), "a path");
  }

  /** The names of where a hard link leads. */
  List<Name> ofTarget(TarEntry entry) throws OverlayException {
    List<Name> names = names(entry, entry.target(), "a hard link to a path");
    if (names.isEmpty() || names.stream().anyMatch(WhiteoutName::is)) {
      throw refusals.unsafe(entry.path(), "is a hard link to what is no file");
    }
    return names;
  }

  private List<Name> names(TarEntry entry, RawPath raw, String what) throws OverlayException {
    byte[] path = raw.toBytes();
    RawPath shown = entry.path();
    if (path.length == 0) {
      throw refusals.broken("an entry has no path");
    }
    if (path[0] == '/') {
      throw refusals.unsafe(shown, "has " + what + " that starts at the root of the machine");
    }
    if (path.length > limits.pathBytes()) {
      throw refusals.tooLarge(shown, "has " + what + " that is too long");
    }
    List<Name> names = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        add(names, Arrays.copyOfRange(path, start, i), shown, what);
        start = i + 1;
      }
    }
    if (names.size() > limits.depth()) {
      throw refusals.tooLarge(shown, "has " + what + " of too many names");
    }
    return names;
  }

  private void add(List<Name> names, byte[] bytes, RawPath shown, String what)
      throws OverlayException {
    if (bytes.length == 0 || (bytes.length == 1 && bytes[0] == '.')) {
      return;
    }
    if (bytes.length > LONGEST_NAME) {
      throw refusals.tooLarge(shown, "has " + what + " with a name of more than 255 bytes");
    }
    try {
      names.add(Name.of(bytes));
    } catch (IllegalArgumentException e) {
      throw refusals.unsafe(shown, "has " + what + " with .. or NUL in it");
    }
  }
}
