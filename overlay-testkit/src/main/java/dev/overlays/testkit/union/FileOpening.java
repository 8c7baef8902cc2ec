package dev.overlays.testkit.union;

import dev.overlays.layer.LayerEntries;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;

/** Opens files. Sources: open(2), and the kernel's fs/overlayfs/file.c. */
final class FileOpening {
  private final UnionTree tree;
  private final CopyUp copyUp;
  private final EntryCreation creation;
  private final EntryRemoval removal;
  private final FileData data;
  private final ChattrProtection protection;

  FileOpening(UnionTree tree, CopyUp copyUp, EntryCreation creator) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creation = creator;
    removal = new EntryRemoval(tree, copyUp);
    data = new FileData(tree.layers());
    protection = new ChattrProtection(tree.layers());
  }

  /** Opens the entry at a path; the channel of a directory cannot be read. */
  FileChannel open(StartingPath unresolved, OpenFlags flags, int mode, Path path)
      throws IOException {
    return tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, flags.follows());
          boolean made = !place.isThere() && (flags.create() || flags.createNew());
          if (made) {
            tree.requireWritable();
            creation.file(place, mode);
            place = place.again();
          } else if (flags.createNew()) {
            throw ErrorNumber.EEXIST.exception();
          }
          FileChannel channel = open(place, flags, made, path);
          if (flags.deleteOnClose()) {
            deleteNow(place);
          }
          return channel;
        });
  }

  private FileChannel open(ResolvedPlace place, OpenFlags flags, boolean made, Path path)
      throws IOException {
    UnionEntry entry = place.present();
    if (entry.isSymlink()) {
      throw ErrorNumber.ELOOP.exception();
    }
    if (entry.isDirectory()) {
      if (flags.write()) {
        throw ErrorNumber.EISDIR.exception();
      }
      return new DirectoryChannel(tree, path);
    }
    if (!entry.isFile()) {
      throw ErrorNumber.ENXIO.exception();
    }
    if (flags.write()) {
      tree.requireWritable();
      if (!made) {
        protection.requireWritable(entry, flags);
      }
      return new UnionChannel(tree, write(place, flags, made), flags, path);
    }
    return new UnionChannel(tree, read(place), flags, path);
  }

  private OpenFile write(ResolvedPlace place, OpenFlags flags, boolean made) throws IOException {
    boolean cut = flags.truncate() && !made;
    UnionEntry upper = copyUp.entry(place, cut ? CopyUp.CopyAmount.EMPTY : CopyUp.CopyAmount.DATA);
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
                LayerEntries.present(upper.directory(), upper.name()).accessed(),
                now);
      }
      return new OpenFile(tree, file);
    } catch (IOException | RuntimeException e) {
      try (file) {
        throw e;
      }
    }
  }

  private OpenFile read(ResolvedPlace place) throws IOException {
    UnionEntry entry = place.present();
    OpenFile file = new OpenFile(tree, data.open(place));
    if (!entry.inUpper() || data.isMetacopy(entry)) {
      tree.files().reading(place, entry, file);
    }
    return file;
  }

  /** Deletes the file at once, as the JDK does; a failure is ignored. */
  private void deleteNow(ResolvedPlace place) throws IOException {
    if (!tree.isReadOnly() && place.name() != null && !place.present().isDirectory()) {
      try {
        removal.file(place.again());
      } catch (ErrnoException e) {
        // For example, the file is protected.
      }
    }
  }
}
