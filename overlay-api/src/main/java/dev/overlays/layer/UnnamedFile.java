package dev.overlays.layer;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;

/**
 * A file without a name, for trying what a file system can store: nobody sees it, no directory
 * changes, and it disappears when it is closed. Source: open(2), {@code O_TMPFILE}.
 */
public interface UnnamedFile extends Closeable {

  /**
   * Sets the modification time, and returns the time that was stored.
   *
   * @param modified the time
   * @return the time that the file system stored
   * @throws IOException if it cannot be set
   */
  Instant keepTime(Instant modified) throws IOException;

  /**
   * Sets an extended attribute in addition to those set before.
   *
   * @param xattr its full name
   * @param value its value
   * @throws IOException if it cannot be set
   */
  void setXattr(String xattr, byte[] value) throws IOException;

  /**
   * Sets the size of the file, which then ends in a hole.
   *
   * @param size its length in bytes
   * @throws IOException if the file cannot have this size
   */
  void setSize(long size) throws IOException;
}
