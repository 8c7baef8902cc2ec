package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LookupVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;

/**
 * Finds, copies and completes the data of files; the data of a metacopy file is in a layer below.
 */
final class FileData {
  private final UnionLayers layers;

  FileData(UnionLayers layers) {
    this.layers = layers;
  }

  boolean isMetacopy(ViewEntry file) throws IOException {
    return file.isFile()
        && file.directory().xattr(file.name(), layers.xattrName(Mark.METACOPY)).isPresent();
  }

  /** Opens the data of the file at a place. */
  FileChannel openData(ResolvedPath place, boolean metacopy) throws IOException {
    ViewEntry shown = place.requireEntry();
    if (!metacopy) {
      return shown.directory().openFile(shown.name(), false);
    }
    FileChannel[] channel = new FileChannel[1];
    findMetacopyData(
        place, (layer, directory, name, stat) -> channel[0] = directory.openFile(name, false));
    return channel[0];
  }

  /** Copies the data of the file at a place. */
  void copyData(ResolvedPath place, LayerDirectory to, Name copy) throws IOException {
    findData(
        place,
        (layer, directory, name, stat) -> {
          if (layers.hasStoreOfUpper(layer)) {
            directory.copyData(name, to, copy);
          } else {
            try (FileChannel in = directory.openFile(name, false);
                FileChannel out = to.openFile(copy, true)) {
              transferAll(in, out);
            }
          }
        });
  }

  private static void transferAll(FileChannel in, FileChannel out) throws IOException {
    long size = in.size();
    for (long done = 0; done < size; ) {
      long part = in.transferTo(done, size - done, out);
      if (part <= 0) {
        throw ErrorNumber.EIO.toException();
      }
      done += part;
    }
  }

  private void findData(ResolvedPath place, LookupVisitor data) throws IOException {
    ViewEntry shown = place.requireEntry();
    if (!isMetacopy(shown)) {
      data.visitFound(shown.layer(), shown.directory(), shown.name(), shown.stat());
    } else {
      findMetacopyData(place, data);
    }
  }

  private static void findMetacopyData(ResolvedPath place, LookupVisitor data) throws IOException {
    ViewEntry shown = place.requireEntry();
    ViewDirectory parent = place.directory();
    boolean found =
        shown.inUpper()
            ? parent.mergedBelow().findData(shown.directory(), shown.name(), data)
            : parent.mergedBelow().findData(place.name(), data);
    if (!found) {
      throw ErrorNumber.EIO.toException();
    }
  }

  /**
   * Turns a staged file into a metacopy: it gets the size of the lower's file and none of its data.
   */
  void makeMetacopy(ViewEntry lower, Name staged) throws IOException {
    LayerDirectory directory = layers.stagingDirectory().layerDirectory();
    directory.setXattr(staged, layers.xattrName(Mark.METACOPY), new byte[0]);
    long size = lower.stat().size();
    if (size > 0) {
      try (FileChannel file = directory.openFile(staged, true)) {
        file.write(ByteBuffer.allocate(1), size - 1);
      }
    }
  }

  /**
   * Copies the data into a metacopy file of the upper, which makes it an ordinary file. As in the
   * kernel, this write sets the modification time; source: fs/overlayfs/copy_up.c, {@code
   * ovl_copy_up_meta_inode_data}.
   */
  void completeMetacopy(ResolvedPath place, boolean empty) throws IOException {
    ViewEntry upper = place.requireEntry();
    if (empty) {
      try (FileChannel file = upper.directory().openFile(upper.name(), true)) {
        file.truncate(0);
      }
    } else {
      copyData(place, upper.directory(), upper.name());
      if (upper.stat().size() > 0) {
        EntryStat whole = LayerEntries.requireStat(upper.directory(), upper.name());
        upper.directory().setTimes(upper.name(), whole.accessed(), Instant.now());
      }
    }
    upper.directory().removeXattr(upper.name(), layers.xattrName(Mark.METACOPY));
  }
}
