package dev.overlays.merge.apply;

import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;

/**
 * A directory of the upper of which the lower has got copies. When these are durable, its entries
 * are removed, and then the directory.
 */
final class CopiedDirectory implements LowerSyncQueue.UpperChange {
  /** How often a directory is gone through again because it is not empty. */
  private static final int MOST_PASSES = 10;

  private final MergeRun run;
  private final MergeLevel around;
  private final Name name;
  private final MergeLevel inner;
  private final boolean removesItself;
  private final DirectoryEnd whenRemoved;
  private final Closeable handles;

  /** Is called when the directory is done with. */
  @FunctionalInterface
  interface DirectoryEnd {
    void finishDirectory(boolean gone) throws IOException;
  }

  /**
   * Takes over the handles of a directory.
   *
   * @param around the directory around it
   * @param inner the directory
   * @param itself whether the directory goes, too, if it is empty then
   * @param end is called afterwards
   * @param handles is closed with this object
   */
  CopiedDirectory(
      MergeRun run,
      MergeLevel around,
      Name name,
      MergeLevel inner,
      boolean itself,
      DirectoryEnd end,
      Closeable handles) {
    this.run = run;
    this.around = around;
    this.name = name;
    this.inner = inner;
    this.removesItself = itself;
    this.whenRemoved = end;
    this.handles = handles;
  }

  @Override
  public void changeUpper() throws IOException {
    UpperRemoval removal = new UpperRemoval(run);
    removal.removeCopied(inner);
    boolean gone = removesItself && removeEmpty();
    // Some file systems skip entries of a listing while others are removed.
    for (int i = 0; i < MOST_PASSES && removesItself && !gone; i++) {
      if (!removal.removeCopied(inner)) {
        break;
      }
      gone = removeEmpty();
    }
    whenRemoved.finishDirectory(gone);
  }

  private boolean removeEmpty() throws IOException {
    try {
      run.changes().removeDirectory(around.upper(), name);
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    handles.close();
  }
}
