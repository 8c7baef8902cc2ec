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
record ResolvedPlace(UnionDirectory directory, Name name, Optional<UnionEntry> entry) {

  static ResolvedPlace of(UnionDirectory itself) throws IOException {
    if (itself.isRemoved()) {
      throw ErrorNumber.ENOENT.exception();
    }
    return new ResolvedPlace(itself, null, Optional.of(itself.self()));
  }

  static ResolvedPlace of(UnionDirectory directory, Name name) throws IOException {
    return new ResolvedPlace(directory, name, directory.find(name));
  }

  boolean isThere() {
    return entry.isPresent();
  }

  UnionEntry present() throws ErrnoException {
    if (entry.isEmpty()) {
      throw ErrorNumber.ENOENT.exception();
    }
    return entry.get();
  }

  /** Returns the directory at this place. */
  UnionDirectory asDirectory() throws IOException {
    if (name == null) {
      return directory;
    }
    if (!present().isDirectory()) {
      throw (present().isSymlink() ? ErrorNumber.ELOOP : ErrorNumber.ENOTDIR).exception();
    }
    return directory.child(name, present());
  }

  /** Resolves the same place again after a change. */
  ResolvedPlace again() throws IOException {
    return name == null ? of(directory) : of(directory, name);
  }

  /** Returns the path without links. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Name step : directory.path()) {
      text.append('/').append(NameText.decode(step.toBytes()));
    }
    if (name != null) {
      text.append('/').append(NameText.decode(name.toBytes()));
    }
    return text.length() == 0 ? "/" : text.toString();
  }
}
