package dev.overlays.testkit.union;

import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * Where a path leads.
 *
 * @param directory the directory of the entry, or the directory meant itself
 * @param name the name in it; null where the path ends with the root, {@code .} or {@code ..}
 * @param entry what is shown there, if anything
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

  /** The directory that is meant. */
  Directory asDirectory() throws IOException {
    if (name == null) {
      return directory;
    }
    if (!present().isDirectory()) {
      throw (present().isSymlink() ? Errno.ELOOP : Errno.ENOTDIR).exception();
    }
    return directory.child(name, present());
  }

  /** The same after a change. */
  Place again() throws IOException {
    return name == null ? of(directory) : of(directory, name);
  }

  /** The path without links, as bytes. */
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
