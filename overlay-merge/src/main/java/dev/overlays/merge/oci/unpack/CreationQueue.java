package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.unpack.DirectoryStack.LeftDirectory;
import dev.overlays.merge.run.BufferPool;
import dev.overlays.merge.run.TaskHelpers;
import dev.overlays.merge.run.TaskHelpers.HelperTask;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Entries that helpers create while the archive is read further, a limited number of batches.
 * Nothing else sees that: what depends on an entry that may not have been created waits for all of
 * them, and of several failures that of the first entry is thrown.
 */
public final class CreationQueue implements Closeable {
  /** Few, so that all workers have something to do in one directory. */
  private static final int ENTRIES_PER_TASK = 16;

  /** Creates one entry and sets its attributes. */
  @FunctionalInterface
  interface EntryMaker {
    void makeEntry(NewEntry entry, byte[] data) throws IOException;
  }

  private final TaskHelpers helpers;
  private final BufferPool<byte[]> buffers =
      new BufferPool<>(() -> new byte[CreationBatch.BUFFER_SIZE]);
  private final Deque<BegunBatch> begunBatches = new ArrayDeque<>();
  private final Set<Place> places = new HashSet<>();
  private EntryMaker maker;
  private CreationBatch batch;
  private boolean failed;

  private record BegunBatch(CreationBatch batch, HelperTask<Void> task) {}

  /** The handle of a directory, of which each has one, and a name in it. */
  private record Place(LayerDirectory directory, Name name) {}

  public CreationQueue(TaskHelpers helpers) {
    this.helpers = helpers;
    batch = createBatch();
  }

  void setMaker(EntryMaker newMaker) {
    maker = newMaker;
  }

  private CreationBatch createBatch() {
    return new CreationBatch(
        helpers.workerCount() == 1 ? 1 : ENTRIES_PER_TASK, buffers.borrowOne());
  }

  /** Returns the batch that has room for a file of a size, which is at most a whole buffer. */
  CreationBatch batchWithRoom(long size) throws IOException {
    if (!batch.hasRoom(size)) {
      beginBatch();
    }
    return batch;
  }

  /** Creates an entry soon. Its data is in the batch with room for it. */
  void addEntry(NewEntry entry) throws IOException {
    if (helpers.workerCount() > 1) {
      places.add(new Place(entry.directory(), entry.name()));
    }
    batch.addEntry(entry);
    if (batch.isFull()) {
      beginBatch();
    }
  }

  /** Leaves a directory when everything that was added has been created. */
  void addLeft(LeftDirectory directory) throws IOException {
    if (batch.isEmpty() && begunBatches.isEmpty()) {
      directory.leave();
      return;
    }
    batch.addLeft(directory);
    if (batch.isFull()) {
      beginBatch();
    }
  }

  /** Waits for an entry if it may be among those that have not been created. */
  void awaitEntry(LayerDirectory directory, Name name) throws IOException {
    if (!places.isEmpty() && places.contains(new Place(directory, name))) {
      awaitAll();
    }
  }

  /** Waits until everything has been created and left. */
  void awaitAll() throws IOException {
    if (!batch.isEmpty()) {
      beginBatch();
    }
    while (!begunBatches.isEmpty()) {
      finishFirst();
    }
  }

  /** Waits for everything before a failure, so that an earlier failure is thrown. */
  void awaitBefore(Exception failure) throws IOException {
    if (!failed) {
      TaskHelpers.finishBefore(failure, this::awaitAll);
    }
  }

  private void beginBatch() throws IOException {
    CreationBatch full = batch;
    begunBatches.add(new BegunBatch(full, helpers.beginTask(() -> makeEntries(full))));
    batch = createBatch();
    while (begunBatches.size() > helpers.mostAhead()) {
      finishFirst();
    }
  }

  private Void makeEntries(CreationBatch full) throws IOException {
    for (NewEntry entry : full.entries()) {
      maker.makeEntry(entry, full.data());
    }
    return null;
  }

  private void finishFirst() throws IOException {
    failed = true;
    BegunBatch first = begunBatches.peek();
    first.task().takeResult();
    first.batch().entries().forEach(e -> places.remove(new Place(e.directory(), e.name())));
    Deque<LeftDirectory> left = new ArrayDeque<>(first.batch().leftDirectories());
    while (!left.isEmpty()) {
      left.remove().leave();
      first.batch().leftDirectories().remove(0);
    }
    begunBatches.remove();
    buffers.giveBack(first.batch().data());
    failed = false;
  }

  /**
   * Waits for the helpers, and closes the directories that a failure has left open. Nothing can be
   * added after that.
   */
  @Override
  public void close() throws IOException {
    if (batch == null) {
      return;
    }
    begunBatches.forEach(begun -> begun.task().cancelOrAwait());
    begunBatches.add(new BegunBatch(batch, null));
    batch = null;
    IOException failure = null;
    while (!begunBatches.isEmpty()) {
      for (LeftDirectory directory : begunBatches.remove().batch().leftDirectories()) {
        try {
          directory.close();
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
