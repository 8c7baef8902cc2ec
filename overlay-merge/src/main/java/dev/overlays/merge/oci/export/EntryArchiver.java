package dev.overlays.merge.oci.export;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.oci.tar.OverlayXattrs;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.oci.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.io.function.IOConsumer;

/** Writes the entries of a layer into an archive. */
public final class EntryArchiver {
  private final TarWriter archive;
  private final HardLinkPaths inodes;

  public EntryArchiver(TarWriter archive, HardLinkPaths inodes) {
    this.archive = archive;
    this.inodes = inodes;
  }

  /** Writes a whiteout: an empty file whose name hides another entry. */
  void putWhiteout(RawPath path) throws IOException {
    archive.putEntry(TarEntry.emptyFile(path));
  }

  void putDirectory(RawPath path, ShownEntry directory) throws IOException {
    archive.putEntry(createEntry(path, TarKind.DIRECTORY, directory));
  }

  /**
   * Writes an entry that is not a directory; a hard link if its inode is already in the archive.
   *
   * @param data passes the file that holds the content to the reader that it is given
   */
  void putLeaf(RawPath path, ShownEntry attributes, IOConsumer<DataReader> data)
      throws IOException {
    TarKind kind = TarKind.of(attributes.stat().type());
    if (kind == null) {
      throw cannotBeArchived(
          attributes.directory(),
          attributes.name(),
          "An archive cannot hold a socket.",
          "Remove it: its program creates a new one.");
    }
    // Tools differ in whether a hard link to a symbolic link follows that.
    RawPath first = kind == TarKind.SYMLINK ? null : inodes.firstPath(attributes.stat(), path);
    if (first != null) {
      putHardLink(path, first, attributes);
    } else if (kind == TarKind.FILE) {
      data.accept((directory, name, stat) -> putFile(path, attributes, directory, name, stat));
    } else {
      TarEntry entry = createEntry(path, kind, attributes);
      archive.putEntry(
          kind == TarKind.SYMLINK
              ? entry.withTarget(RawPath.of(attributes.directory().readSymlink(attributes.name())))
              : entry);
    }
  }

  /** Reads the content of a file. */
  @FunctionalInterface
  interface DataReader {
    void takeData(LayerDirectory directory, Name name, EntryStat stat) throws IOException;
  }

  private void putHardLink(RawPath path, RawPath first, ShownEntry attributes) throws IOException {
    TarEntry entry = TarEntry.of(path, TarKind.HARD_LINK, attributes.stat(), new TreeMap<>());
    archive.putEntry(entry.withTarget(first));
  }

  private void putFile(
      RawPath path, ShownEntry attributes, LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    boolean whole = attributes.stat().size() == stat.size();
    if (whole) {
      try (InputStream data = directory.readFile(name)) {
        whole = archive.putEntry(createEntry(path, TarKind.FILE, attributes), data);
      }
    }
    if (!whole) {
      throw layerChanged(
          directory,
          name,
          "The file has changed while it was read, or does not have the size that its metadata"
              + " says.");
    }
  }

  private static TarEntry createEntry(RawPath path, TarKind kind, ShownEntry shown)
      throws IOException {
    return TarEntry.of(path, kind, shown.stat(), readXattrs(shown.directory(), shown.name()));
  }

  private static SortedMap<String, byte[]> readXattrs(LayerDirectory directory, Name name)
      throws IOException {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    for (String xattr : directory.xattrs(name)) {
      Optional<byte[]> value =
          OverlayXattrs.isMark(xattr) ? Optional.empty() : directory.xattr(name, xattr);
      value.ifPresent(bytes -> xattrs.put(xattr, bytes));
    }
    return xattrs;
  }

  /** Creates the exception for a layer that changes during the export. */
  static OverlayException layerChanged(LayerDirectory directory, Name name, String message) {
    return new OverlayException(
        Problem.of(
            ProblemCode.ARCHIVE_LAYER_CHANGED,
            LayerEntries.pathOf(directory, name),
            message,
            "Unmount the views that write to this layer, and export it again."));
  }

  static OverlayException cannotBeArchived(
      LayerDirectory directory, Name name, String message, String remedy) {
    return new OverlayException(
        Problem.of(
            ProblemCode.ARCHIVE_FORM_MISSING,
            LayerEntries.pathOf(directory, name),
            message,
            remedy));
  }
}
