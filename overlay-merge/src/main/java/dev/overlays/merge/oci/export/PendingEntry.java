package dev.overlays.merge.oci.export;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.oci.tar.OverlayXattrs;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarKind;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An entry that the walk has found, of which extended attributes and content have not been read.
 *
 * @param shown the entry of the layer; null for a whiteout
 * @param plain whether it has no extended attributes, as far as they go into an archive
 * @param firstPath for a hard link, the path of the first name; otherwise null
 * @param lower reads the data of a metacopy file from the layers below; null for all other kinds
 */
record PendingEntry(
    RawPath path,
    TarKind kind,
    ShownEntry shown,
    boolean plain,
    RawPath firstPath,
    LowerData lower) {
  private static final SortedMap<String, byte[]> NO_XATTRS =
      Collections.unmodifiableSortedMap(new TreeMap<>());

  /** Finds the file with the data of a metacopy file. */
  @FunctionalInterface
  interface LowerData {
    void findData(DataReader reader) throws IOException;
  }

  /** Reads the content of a file. */
  @FunctionalInterface
  interface DataReader {
    void takeData(LayerDirectory directory, Name name, EntryStat stat) throws IOException;
  }

  static PendingEntry whiteout(RawPath path) {
    return new PendingEntry(path, TarKind.FILE, null, true, null, null);
  }

  boolean hasData() {
    return shown != null;
  }

  /** Returns how many bytes the file has; 0 for other kinds. */
  long size() {
    return kind == TarKind.FILE && shown != null ? shown.stat().size() : 0;
  }

  /** Lists the extended attributes; none of a hard link, since its first name has them. */
  List<String> listXattrs() throws IOException {
    return plain ? List.of() : shown.directory().xattrs(shown.name());
  }

  /** Reads the listed attributes, except the marks of overlays. */
  private SortedMap<String, byte[]> readXattrs(List<String> names) throws IOException {
    if (names.isEmpty()) {
      return NO_XATTRS;
    }
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    for (String xattr : names) {
      Optional<byte[]> value =
          OverlayXattrs.isMark(xattr)
              ? Optional.empty()
              : shown.directory().xattr(shown.name(), xattr);
      value.ifPresent(bytes -> xattrs.put(xattr, bytes));
    }
    return xattrs;
  }

  /** Creates the entry of the archive, with the listed attributes. */
  TarEntry createEntry(List<String> xattrs) throws IOException {
    if (shown == null) {
      return TarEntry.emptyFile(path);
    }
    TarEntry entry = TarEntry.of(path, kind, shown.stat(), readXattrs(xattrs));
    if (firstPath != null) {
      return entry.withTarget(firstPath);
    }
    return kind == TarKind.SYMLINK
        ? entry.withTarget(RawPath.of(shown.directory().readSymlink(shown.name())))
        : entry;
  }
}
