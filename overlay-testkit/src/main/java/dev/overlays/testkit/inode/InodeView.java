package dev.overlays.testkit.inode;

import java.io.IOException;
import java.nio.file.attribute.FileAttributeView;

/** The view {@link #NAME}, which only file systems with an {@link InodeProvider} have. */
public interface InodeView extends FileAttributeView {
  /** The name of the view. */
  String NAME = "overlays";

  /** Computes a value from what the inode has now. */
  @FunctionalInterface
  interface ValueChange {
    /**
     * Computes the new value.
     *
     * @param inode the inode as it is
     * @return what it is to have
     * @throws IOException if it can have no value
     */
    InodeValue compute(Inode inode) throws IOException;
  }

  /**
   * Sets a value.
   *
   * @param change computes the value
   * @throws IOException if there is no such entry, or from the computation
   */
  void setValue(ValueChange change) throws IOException;
}
