package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * What ties the inodes of an upper to those of its lower: an entry is named by the file handle of
 * the lower's, and is another name of the upper's. Source: the kernel's fs/overlayfs/namei.c,
 * {@code ovl_get_index_name}, and overlayfs.h, {@code struct ovl_fb}.
 */
final class Index implements Closeable {
  private static final Name NAME = Name.of("index");

  /** Version, magic, length, flags, type and the identity of the file system. */
  private static final int HEADER = 21;

  private final LayerDirectory directory;

  private Index(LayerDirectory directory) {
    this.directory = directory;
  }

  /** Opens the one in a work directory, which may be null; null if there is none. */
  static Index open(LayerDirectory work) throws IOException {
    Optional<EntryStat> stat = work == null ? Optional.empty() : work.stat(NAME);
    return stat.filter(EntryStat::isDirectory).isPresent() ? new Index(work.open(NAME)) : null;
  }

  LayerDirectory directory() {
    return directory;
  }

  /** The entries that are files, or the like, of the upper, by the lower's file handle. */
  Map<ByteBuffer, Name> files() throws IOException {
    Map<ByteBuffer, Name> files = new HashMap<>();
    Entries.forEach(
        directory,
        (name, type) -> {
          boolean whiteout =
              type == EntryType.CHARACTER_DEVICE
                  && LayerEntries.present(directory, name).isWhiteoutDevice();
          if (type != EntryType.DIRECTORY && !whiteout) {
            handle(name).ifPresent(handle -> files.put(handle, name));
          }
        });
    return files;
  }

  private static Optional<ByteBuffer> handle(Name name) {
    String digits = new String(name.toBytes(), StandardCharsets.ISO_8859_1);
    try {
      byte[] bytes = HexFormat.of().parseHex(digits);
      return bytes.length <= HEADER
          ? Optional.empty()
          : Optional.of(ByteBuffer.wrap(bytes, HEADER, bytes.length - HEADER).slice());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Empties it: a merge moves the inodes that it tells of. */
  void clear() throws IOException {
    LayerEntries.removeAll(directory);
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }
}
