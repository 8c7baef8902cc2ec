package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts entries of layers into an archive. */
final class EntryArchiving {
  private final TarWriter archive;
  private final FirstNames inodes;

  EntryArchiving(TarWriter archive, FirstNames inodes) {
    this.archive = archive;
    this.inodes = inodes;
  }

  /** A sign that hides something. */
  void archiveSign(RawPath path) throws IOException {
    archive.putEntry(TarEntry.signEntry(path));
  }

  void archiveDirectory(RawPath path, ShownEntry directory) throws IOException {
    archive.putEntry(archivedEntry(path, TarKind.DIRECTORY, directory));
  }

  /**
   * Anything but a directory, or the name of an inode that has been put under another one.
   *
   * @param data where the content is of what has the attributes
   */
  void archiveLeaf(RawPath path, ShownEntry attributes, DataSource data) throws IOException {
    TarKind kind = TarKind.of(attributes.stat().type());
    if (kind == null) {
      throw noForm(
          attributes.directory(),
          attributes.name(),
          "A socket has no form in an archive.",
          "Remove it: the program that it belongs to makes a new one.");
    }
    // Tools differ in whether a hard link to a symbolic link follows that.
    RawPath first = kind == TarKind.SYMLINK ? null : inodes.firstName(attributes.stat(), path);
    if (first != null) {
      archiveLink(path, first, attributes);
    } else if (kind == TarKind.FILE) {
      data.readData(
          (directory, name, stat) -> archiveFile(path, attributes, directory, name, stat));
    } else {
      TarEntry entry = archivedEntry(path, kind, attributes);
      archive.putEntry(
          kind == TarKind.SYMLINK
              ? entry.withTarget(RawPath.of(attributes.directory().readSymlink(attributes.name())))
              : entry);
    }
  }

  /** Finds the file that has the data of one. */
  @FunctionalInterface
  interface DataSource {
    void readData(DataReader reader) throws IOException;
  }

  /** Takes the data. */
  @FunctionalInterface
  interface DataReader {
    void takeData(LayerDirectory directory, Name name, EntryStat stat) throws IOException;
  }

  private void archiveLink(RawPath path, RawPath first, ShownEntry attributes) throws IOException {
    TarEntry entry = TarEntry.of(path, TarKind.HARD_LINK, attributes.stat(), new TreeMap<>());
    archive.putEntry(entry.withTarget(first));
  }

  private void archiveFile(
      RawPath path, ShownEntry attributes, LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    boolean whole = attributes.stat().size() == stat.size();
    if (whole) {
      try (InputStream data = directory.readFile(name)) {
        whole = archive.putEntry(archivedEntry(path, TarKind.FILE, attributes), data);
      }
    }
    if (!whole) {
      throw changedMeanwhile(
          directory,
          name,
          "The file has changed while it was read, or has not the size that is shown.");
    }
  }

  private static TarEntry archivedEntry(RawPath path, TarKind kind, ShownEntry shown)
      throws IOException {
    return TarEntry.of(path, kind, shown.stat(), archivedXattrs(shown.directory(), shown.name()));
  }

  private static SortedMap<String, byte[]> archivedXattrs(LayerDirectory directory, Name name)
      throws IOException {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    for (String xattr : directory.xattrs(name)) {
      Optional<byte[]> value =
          EntryAttributes.isOverlays(xattr) ? Optional.empty() : directory.xattr(name, xattr);
      value.ifPresent(bytes -> xattrs.put(xattr, bytes));
    }
    return xattrs;
  }

  /** What is said when a layer is not at rest. */
  static OverlayException changedMeanwhile(LayerDirectory directory, Name name, String message) {
    return new OverlayException(
        Problem.of(
            ProblemCode.ARCHIVE_LAYER_CHANGED,
            LayerEntries.path(directory, name),
            message,
            "Unmount the views that write to this layer, and export it again."));
  }

  static OverlayException noForm(
      LayerDirectory directory, Name name, String message, String remedy) {
    return new OverlayException(
        Problem.of(
            ProblemCode.ARCHIVE_FORM_MISSING, LayerEntries.path(directory, name), message, remedy));
  }
}
