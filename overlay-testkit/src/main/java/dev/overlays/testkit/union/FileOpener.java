package dev.overlays.testkit.union;

import dev.overlays.layer.LayerEntries;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;

/** Opens files. Sources: open(2), and the kernel's fs/overlayfs/file.c. */
final class FileOpener {
  private final UnionTree tree;
  private final CopyUp copyUp;
  private final EntryCreator creator;
  private final EntryRemover remover;
  private final FileData data;
  private final ProtectionCheck protection;

  FileOpener(UnionTree tree, CopyUp copyUp, EntryCreator creator) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creator = creator;
    remover = new EntryRemover(tree, copyUp);
    data = new FileData(tree.unionLayers());
    protection = new ProtectionCheck(tree.unionLayers());
  }

  /** Opens the entry at a path; the channel of a directory cannot be read. */
  FileChannel open(UnresolvedPath unresolved, OpenFlags flags, int mode, Path path)
      throws IOException {
    return tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, flags.followsLastLink());
          boolean made = !place.isThere() && (flags.create() || flags.createNew());
          if (made) {
            tree.requireWritable();
            creator.createFile(place, mode);
            place = place.resolveAgain();
          } else if (flags.createNew()) {
            throw ErrorNumber.EEXIST.toException();
          }
          FileChannel channel = open(place, flags, made, path);
          if (flags.deleteOnClose()) {
            deleteNow(place);
          }
          return channel;
        });
  }

  private FileChannel open(ResolvedPath place, OpenFlags flags, boolean made, Path path)
      throws IOException {
    ViewEntry entry = place.requireEntry();
    if (entry.isSymlink()) {
      throw ErrorNumber.ELOOP.toException();
    }
    if (entry.isDirectory()) {
      if (flags.write()) {
        throw ErrorNumber.EISDIR.toException();
      }
      return new DirectoryChannel(tree, path);
    }
    if (!entry.isFile()) {
      throw ErrorNumber.ENXIO.toException();
    }
    if (flags.write()) {
      tree.requireWritable();
      if (!made) {
        protection.requireWritable(entry, flags);
      }
      return new UnionChannel(tree, openForWriting(place, flags, made), flags, path);
    }
    return new UnionChannel(tree, openForReading(place), flags, path);
  }

  private LayerFile openForWriting(ResolvedPath place, OpenFlags flags, boolean made)
      throws IOException {
    boolean cut = flags.truncate() && !made;
    ViewEntry upper =
        copyUp.copyUpEntry(place, cut ? CopyUp.CopyAmount.EMPTY : CopyUp.CopyAmount.DATA);
    FileChannel file = upper.directory().openFile(upper.name(), true);
    try {
      if (cut) {
        file.truncate(0);
        // Truncating an empty file changes its time, too.
        Instant now = Instant.now();
        upper
            .directory()
            .setTimes(
                upper.name(),
                LayerEntries.requireStat(upper.directory(), upper.name()).accessed(),
                now);
      }
      return new LayerFile(tree, file);
    } catch (IOException | RuntimeException e) {
      try (file) {
        throw e;
      }
    }
  }

  private LayerFile openForReading(ResolvedPath place) throws IOException {
    ViewEntry entry = place.requireEntry();
    LayerFile file = new LayerFile(tree, data.openData(place));
    if (!entry.inUpper() || data.isMetacopy(entry)) {
      tree.handleRegistry().addReader(place, entry, file);
    }
    return file;
  }

  /** Deletes the file at once, as the JDK does; a failure is ignored. */
  private void deleteNow(ResolvedPath place) throws IOException {
    if (!tree.isReadOnly() && place.name() != null && !place.requireEntry().isDirectory()) {
      try {
        remover.removeFile(place.resolveAgain());
      } catch (ErrnoException e) {
        // For example, the file is protected.
      }
    }
  }
}
