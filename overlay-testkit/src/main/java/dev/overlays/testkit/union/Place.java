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
record Place(Directory directory, Name name, Optional<Entry> entry) {

  static Place of(Directory itself) throws IOException {
    if (itself.isRemoved()) {
      throw Errno.ENOENT.exception();
    }
    return new Place(itself, null, Optional.of(itself.self()));
  }

  static Place of(Directory directory, Name name) throws IOException {
    return new Place(directory, name, directory.find(name));
  }

  boolean isThere() {
    return entry.isPresent();
  }

  Entry present() throws ErrnoException {
    if (entry.isEmpty()) {
      throw Errno.ENOENT.exception();
    }
    return entry.get();
  }

  /** Returns the directory at this place. */
  Directory asDirectory() throws IOException {
    if (name == null) {
      return directory;
    }
    if (!present().isDirectory()) {
      throw (present().isSymlink() ? Errno.ELOOP : Errno.ENOTDIR).exception();
    }
    return directory.child(name, present());
  }

  /** Resolves the same place again after a change. */
  Place again() throws IOException {
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
