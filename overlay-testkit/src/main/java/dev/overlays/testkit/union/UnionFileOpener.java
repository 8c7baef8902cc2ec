package dev.overlays.testkit.union;

import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;

/** Opens files. Sources: open(2), and the kernel's fs/overlayfs/file.c. */
final class UnionFileOpener {
  private final UnionTree tree;
  private final CopyUp copyUp;
  private final FileCreator creator;
  private final EntryRemover remover;
  private final FileData data;
  private final ProtectionCheck protection;

  UnionFileOpener(UnionTree tree, CopyUp copyUp, EntryCreator creator) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creator = new FileCreator(tree, copyUp, creator);
    remover = new EntryRemover(tree, copyUp);
    data = new FileData(tree.unionLayers());
    protection = new ProtectionCheck(tree.unionLayers());
  }

  /** Opens the entry at a path; the channel of a directory cannot be read. */
  FileChannel open(UnresolvedPath unresolved, OpenChoices flags, int mode, Path path)
      throws IOException {
    return tree.runLocked(
        () -> {
          NewFileAttempt attempt = new NewFileAttempt(flags, mode);
          ResolvedPath place =
              PathResolver.resolvePath(tree, unresolved, flags.followsLastLink(), attempt);
          if (!attempt.created && !place.isThere() && flags.createsMissing()) {
            tree.requireWritable();
            creator.createFile(place, mode);
            attempt.created = true;
          } else if (!attempt.created && flags.createNew()) {
            throw ErrorNumber.EEXIST.toException();
          }
          FileChannel channel =
              attempt.created ? openCreated(place, flags, path) : openFound(place, flags, path);
          if (flags.deleteOnClose()) {
            deleteNow(place);
          }
          return channel;
        });
  }

  /** Creates the file, if it may be created, before anybody looks whether it is there. */
  private final class NewFileAttempt implements PathResolver.LastNameAttempt {
    private final OpenChoices flags;
    private final int mode;
    private boolean created;

    NewFileAttempt(OpenChoices flags, int mode) {
      this.flags = flags;
      this.mode = mode;
    }

    @Override
    public boolean attemptAt(ViewDirectory directory, Name name, ViewEntry passed)
        throws IOException {
      created = flags.createsMissing() && creator.createUnseen(directory, name, passed, mode);
      return created;
    }
  }

  /** Opens a file that was created; it is written, since no other open file is created. */
  private FileChannel openCreated(ResolvedPath place, OpenChoices flags, Path path)
      throws IOException {
    FileChannel file = place.directory().upperDirectory().openFile(place.name(), true);
    return new UnionChannel(tree, new LayerFile(tree, file), flags, path);
  }

  private FileChannel openFound(ResolvedPath place, OpenChoices flags, Path path)
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
      protection.requireWritable(entry, flags);
      return new UnionChannel(tree, openForWriting(place, flags), flags, path);
    }
    return new UnionChannel(tree, openForReading(place), flags, path);
  }

  private LayerFile openForWriting(ResolvedPath place, OpenChoices flags) throws IOException {
    boolean cut = flags.truncate();
    CopyUp.CopyAmount amount = cut ? CopyUp.CopyAmount.EMPTY : CopyUp.CopyAmount.DATA;
    ViewEntry upper = copyUp.copyUpEntry(place, amount);
    FileChannel file = upper.directory().openFile(upper.name(), true);
    try {
      if (cut) {
        file.truncate(0);
        // Truncating an empty file changes its time, too.
        upper.directory().setTimes(upper.name(), upper.stat().accessed(), Instant.now());
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
    boolean metacopy = data.isMetacopy(entry);
    LayerFile file = new LayerFile(tree, data.openData(place, metacopy));
    if (!entry.inUpper() || metacopy) {
      tree.handleRegistry().addReader(place, entry, file);
    }
    return file;
  }

  /** Deletes the file at once, as the JDK does; a failure is ignored. */
  private void deleteNow(ResolvedPath opened) throws IOException {
    ResolvedPath place = opened.resolveAgain();
    if (!tree.isReadOnly() && place.name() != null && !place.requireEntry().isDirectory()) {
      try {
        remover.removeFile(place);
      } catch (ErrnoException e) {
        // For example, the file is protected.
      }
    }
  }
}
