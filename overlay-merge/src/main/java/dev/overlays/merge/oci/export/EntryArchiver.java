package dev.overlays.merge.oci.export;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.oci.tar.TarWriter;
import dev.overlays.merge.run.BufferPool;
import dev.overlays.merge.run.TaskHelpers;
import dev.overlays.merge.run.TaskHelpers.HelperTask;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Writes the entries of a layer into an archive, in the order in which they are put. Helpers read
 * attributes and content ahead of the writing, a limited number of batches.
 */
public final class EntryArchiver implements Closeable {
  private final TarWriter archive;
  private final HardLinkPaths inodes;
  private final TaskHelpers helpers;
  private final String metacopyMark;
  private final boolean hasXattrs;
  private final BufferPool<byte[]> buffers =
      new BufferPool<>(() -> new byte[EntryBatch.BUFFER_SIZE]);
  private final Deque<BegunBatch> begunBatches = new ArrayDeque<>();
  private EntryBatch batch;
  private boolean writingFailed;

  private record BegunBatch(EntryBatch batch, HelperTask<EntryBatch> task) {}

  /**
   * Makes an archiver.
   *
   * @param metacopyMark the extended attribute that marks a file whose data is in another layer
   * @param hasXattrs whether a file or a directory of the layer has extended attributes; if not,
   *     they are not asked for again
   */
  public EntryArchiver(
      TarWriter archive,
      HardLinkPaths inodes,
      TaskHelpers helpers,
      String metacopyMark,
      boolean hasXattrs) {
    this.archive = archive;
    this.inodes = inodes;
    this.helpers = helpers;
    this.metacopyMark = metacopyMark;
    this.hasXattrs = hasXattrs;
    batch = createBatch();
  }

  private EntryBatch createBatch() {
    return new EntryBatch(metacopyMark, buffers.borrowOne());
  }

  /** Puts a whiteout: an empty file whose name hides another entry. */
  void putWhiteout(RawPath path) throws IOException {
    putEntry(PendingEntry.whiteout(path));
  }

  void putDirectory(RawPath path, ShownEntry directory) throws IOException {
    boolean plain = isPlain(TarKind.DIRECTORY, directory);
    putEntry(new PendingEntry(path, TarKind.DIRECTORY, directory, plain, null, null));
  }

  /**
   * Puts an entry that is not a directory; a hard link if its inode is already in the archive.
   *
   * @param lower finds the data if the entry is a metacopy file
   */
  void putLeaf(RawPath path, ShownEntry entry, PendingEntry.LowerData lower) throws IOException {
    TarKind kind = TarKind.of(entry.stat().type());
    if (kind == null) {
      throw cannotBeArchived(
          entry.directory(),
          entry.name(),
          "An archive cannot hold a socket.",
          "Remove it: its program creates a new one.");
    }
    // Tools differ in whether a hard link to a symbolic link follows that.
    RawPath first = kind == TarKind.SYMLINK ? null : inodes.firstPath(entry.stat(), path);
    putEntry(
        first == null
            ? new PendingEntry(path, kind, entry, isPlain(kind, entry), null, lower)
            : new PendingEntry(path, TarKind.HARD_LINK, entry, true, first, null));
  }

  /** Whether an entry is known to have no extended attributes. */
  private boolean isPlain(TarKind kind, ShownEntry entry) {
    return !hasXattrs && entry.layer() == 0 && (kind == TarKind.FILE || kind == TarKind.DIRECTORY);
  }

  /** Closes a directory when everything that was put before has been written. */
  void closeLater(Closeable directory) throws IOException {
    if (!batch.addLeft(directory)) {
      beginBatch();
    }
  }

  private void putEntry(PendingEntry entry) throws IOException {
    if (!batch.addEntry(entry)) {
      beginBatch();
    }
  }

  private void beginBatch() throws IOException {
    EntryBatch full = batch;
    begunBatches.add(new BegunBatch(full, helpers.beginTask(full::prepareEntries)));
    batch = createBatch();
    while (begunBatches.size() > helpers.mostAhead()) {
      writeFirst();
    }
  }

  /** Writes everything that has been put. */
  void finishBatches() throws IOException {
    beginBatch();
    while (!begunBatches.isEmpty()) {
      writeFirst();
    }
  }

  /** Writes everything that was put before a failure, so that an earlier failure is thrown. */
  void finishBefore(Exception failure) throws IOException {
    if (!writingFailed) {
      TaskHelpers.finishBefore(failure, this::finishBatches);
    }
  }

  private void writeFirst() throws IOException {
    writingFailed = true;
    EntryBatch first = begunBatches.peek().task().takeResult();
    archive.putBytes(first.preparedBytes(), first.preparedLength());
    first.throwFailure();
    for (PendingEntry entry : first.unpreparedEntries()) {
      writeEntry(entry);
    }
    begunBatches.remove();
    buffers.giveBack(first.preparedBytes());
    closeAll(first.leftDirectories());
    writingFailed = false;
  }

  private static void closeAll(List<Closeable> directories) throws IOException {
    IOException failure = null;
    for (Closeable directory : directories) {
      try {
        directory.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void writeEntry(PendingEntry entry) throws IOException {
    List<String> xattrs = entry.listXattrs();
    if (entry.kind() != TarKind.FILE || !entry.hasData()) {
      archive.putEntry(entry.createEntry(xattrs));
    } else if (xattrs.contains(metacopyMark)) {
      entry
          .lower()
          .findData((directory, name, stat) -> writeFile(entry, xattrs, directory, name, stat));
    } else {
      ShownEntry shown = entry.shown();
      writeFile(entry, xattrs, shown.directory(), shown.name(), shown.stat());
    }
  }

  private void writeFile(
      PendingEntry entry, List<String> xattrs, LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    boolean whole = entry.size() == stat.size();
    if (whole) {
      try (InputStream data = directory.readFile(name)) {
        whole = archive.putEntry(entry.createEntry(xattrs), data);
      }
    }
    if (!whole) {
      throw fileChanged(directory, name);
    }
  }

  /** Closes the directories that a failure has left open. */
  @Override
  public void close() throws IOException {
    List<Closeable> left = new ArrayList<>();
    for (BegunBatch begun : begunBatches) {
      begun.task().cancelOrAwait();
      left.addAll(begun.batch().leftDirectories());
    }
    left.addAll(batch.leftDirectories());
    closeAll(left);
  }

  static OverlayException fileChanged(LayerDirectory directory, Name name) {
    return layerChanged(
        directory,
        name,
        "The file has changed while it was read, or does not have the size that its metadata"
            + " says.");
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
