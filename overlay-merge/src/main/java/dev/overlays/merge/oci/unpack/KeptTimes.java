package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.UnnamedFile;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells whether a file system stores a time as it is. Linux cuts what an inode has no room for,
 * without an error: ext4 keeps the years 1901 to 2446, or whole seconds until 2038 in inodes of 128
 * bytes (source: fs/inode.c, timestamp_truncate; fs/ext4/super.c).
 */
final class KeptTimes implements Closeable {
  private final LayerDirectory layer;
  private Optional<UnnamedFile> tried = Optional.empty();
  private boolean opened;
  private Boolean fractionsKept;

  KeptTimes(LayerDirectory layer) {
    this.layer = layer;
  }

  /** Whether a time is stored as it is; yes if there is no file to try it with. */
  boolean isKept(Instant time) throws IOException {
    boolean common = time.getEpochSecond() >= 0 && time.getEpochSecond() <= Integer.MAX_VALUE;
    if (!common) {
      return tryTime(time);
    }
    if (time.getNano() == 0) {
      return true;
    }
    if (fractionsKept == null) {
      fractionsKept = tryTime(Instant.ofEpochSecond(1, 999_999_999));
    }
    return fractionsKept || tryTime(time);
  }

  private boolean tryTime(Instant time) throws IOException {
    if (!opened) {
      opened = true;
      tried = layer.createUnnamed();
    }
    return tried.isEmpty() || tried.get().keepTime(time).equals(time);
  }

  @Override
  public void close() throws IOException {
    if (tried.isPresent()) {
      tried.get().close();
    }
  }
}
