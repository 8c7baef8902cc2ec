package dev.overlays.testkit.union;

import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * The place that a path leads to.
 *
 * @param directory the directory of the entry, or the directory itself if there is no name
 * @param name the name in it; null if the path ends with the root, {@code .} or {@code ..}
 * @param entry the entry that the view shows there, if any
 */
record ResolvedPath(ViewDirectory directory, Name name, Optional<ViewEntry> entry) {

  static ResolvedPath of(ViewDirectory itself) throws IOException {
    if (itself.isRemoved()) {
      throw ErrorNumber.ENOENT.toException();
    }
    return new ResolvedPath(itself, null, Optional.of(itself.ownEntry()));
  }

  static ResolvedPath of(ViewDirectory directory, Name name) throws IOException {
    return new ResolvedPath(directory, name, directory.findEntry(name));
  }

  boolean isThere() {
    return entry.isPresent();
  }

  ViewEntry requireEntry() throws ErrnoException {
    if (entry.isEmpty()) {
      throw ErrorNumber.ENOENT.toException();
    }
    return entry.get();
  }

  /** Returns the directory at this place. */
  ViewDirectory asDirectory() throws IOException {
    if (name == null) {
      return directory;
    }
    if (!requireEntry().isDirectory()) {
      throw (requireEntry().isSymlink() ? ErrorNumber.ELOOP : ErrorNumber.ENOTDIR).toException();
    }
    return directory.childDirectory(name, requireEntry());
  }

  /** Resolves the same place again after a change. */
  ResolvedPath resolveAgain() throws IOException {
    return name == null ? of(directory) : of(directory, name);
  }

  /** Returns the path without links. */
  String pathText() {
    StringBuilder text = new StringBuilder();
    for (Name step : directory.pathNames()) {
      text.append('/').append(NameText.decode(step.toBytes()));
    }
    if (name != null) {
      text.append('/').append(NameText.decode(name.toBytes()));
    }
    return text.length() == 0 ? "/" : text.toString();
  }
}
