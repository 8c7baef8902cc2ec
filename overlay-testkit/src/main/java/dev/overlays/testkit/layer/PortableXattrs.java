package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The extended attributes that a layer shows, stored among the user-defined ones. */
record PortableXattrs(EntryAttributes attributes) {

  List<String> listShown(Path path) throws IOException {
    StoredEntry entry = attributes.readEntry(path);
    List<String> names = new ArrayList<>();
    EntryType type = entry.type();
    for (String stored :
        attributes.supportsXattrs(type) ? entry.xattrs().listNames() : Set.<String>of()) {
      attributes.shownXattrName(stored).filter(xattr -> mayHave(type, xattr)).ifPresent(names::add);
    }
    return names;
  }

  Optional<byte[]> readShown(Path path, String xattr) throws IOException {
    StoredEntry entry = attributes.readEntry(path);
    Optional<String> stored = storedName(entry.type(), xattr);
    return stored.isPresent() ? entry.xattrs().readValue(stored.get()) : Optional.empty();
  }

  void writeShown(Path path, String xattr, byte[] value) throws IOException {
    Optional<String> stored = storedName(attributes.readEntry(path).type(), xattr);
    if (stored.isEmpty()) {
      throw new FileSystemException(path.toString(), null, "cannot have the attribute " + xattr);
    }
    UserXattrs.writeXattr(path, stored.get(), value);
  }

  void removeShown(Path path, String xattr) throws IOException {
    Optional<String> stored = storedName(attributes.readEntry(path).type(), xattr);
    if (stored.isPresent()) {
      UserXattrs.removeXattr(path, stored.get());
    }
  }

  private Optional<String> storedName(EntryType type, String xattr) {
    return attributes.supportsXattrs(type) && mayHave(type, xattr)
        ? attributes.storedXattrName(xattr)
        : Optional.empty();
  }

  /** As in the kernel, only files and directories can have user attributes; source: xattr(7). */
  private static boolean mayHave(EntryType type, String xattr) {
    return type == EntryType.FILE
        || type == EntryType.DIRECTORY
        || !xattr.startsWith(UserXattrs.PREFIX);
  }
}
