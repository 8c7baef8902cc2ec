package dev.overlays.testkit.union;

import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * The place that a path leads to.
 *
 * @param directory the directory of the entry, or the directory itself if there is no name
 * @param name the name in it; null if the path ends with the root, {@code .} or {@code ..}
 * @param found what the directory has under that name
 * @param passed the entry of the directory, as it was found on the way to it; null if the way led
 *     there by no name
 */
record ResolvedPath(ViewDirectory directory, Name name, NameLookup found, ViewEntry passed) {

  static ResolvedPath of(ViewDirectory itself) throws IOException {
    if (itself.isRemoved()) {
      throw ErrorNumber.ENOENT.toException();
    }
    ViewEntry own = itself.ownEntry();
    return new ResolvedPath(itself, null, new NameLookup(Optional.of(own), own.inUpper()), own);
  }

  static ResolvedPath of(ViewDirectory directory, Name name, ViewEntry passed) throws IOException {
    return new ResolvedPath(directory, name, directory.findEntry(name), passed);
  }

  Optional<ViewEntry> entry() {
    return found.entry();
  }

  boolean isThere() {
    return entry().isPresent();
  }

  ViewEntry requireEntry() throws ErrnoException {
    return entry().orElseThrow(ErrorNumber.ENOENT::toException);
  }

  /** Whether the layers below the upper show an entry here, too. */
  boolean isInLowers() throws IOException {
    return (isThere() && !found.inUpper()) || directory.mergedBelow().findShown(name).isPresent();
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
    return name == null ? of(directory) : of(directory, name, passed);
  }

  /**
   * Returns the entry of the directory, as it was before the operation began: a copy-up keeps its
   * attributes.
   */
  ViewEntry directoryEntry() throws IOException {
    return passed == null ? directory.ownEntry() : passed;
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
