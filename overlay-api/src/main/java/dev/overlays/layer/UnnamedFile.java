package dev.overlays.layer;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;

/**
 * A file without a name, in which it can be tried what a file system keeps: nobody sees it, no
 * directory changes for it, and it is gone when it is closed. Source: open(2), {@code O_TMPFILE}.
 */
public interface UnnamedFile extends Closeable {

  /**
   * Sets the time of the last change, and tells what has become of it.
   *
   * @param modified the time
   * @return the time that the file system keeps for it
   * @throws IOException if it cannot be set
   */
  Instant keepTime(Instant modified) throws IOException;

  /**
   * Sets an extended attribute beside those that have been set.
   *
   * @param xattr its full name
   * @param value its value
   * @throws IOException if it cannot be set
   */
  void setXattr(String xattr, byte[] value) throws IOException;

  /**
   * Makes the file so long that it ends in a hole.
   *
   * @param size its length in bytes
   * @throws IOException if it cannot be so long
   */
  void setSize(long size) throws IOException;
}
