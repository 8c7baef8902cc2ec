package dev.overlays.merge;

import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Turns an upper in the kernel's form into the form of fuse-overlayfs. */
final class FuseFormDisguise {
  private static final byte[] YES = {'y'};
  private static final Name OPAQUE_FILE = Name.of(".wh..wh..opq");

  /** The program leaves it beside the other one, without a known purpose. */
  private static final Name OPAQUE_WHITEOUT = Name.of(".wh..opq");

  private final Random random;
  private final MarkNamespace marks;

  private FuseFormDisguise(long seed, MarkNamespace marks) {
    random = new Random(seed);
    this.marks = marks;
  }

  static void disguiseUpper(LayerStore store, Path upper, MarkNamespace marks, long seed)
      throws IOException {
    try (LayerDirectory root = store.open(upper)) {
      new FuseFormDisguise(seed, marks).disguiseDirectory(root, false);
      FuseForm.markUpper(root, marks);
    }
  }

  private void disguiseDirectory(LayerDirectory directory, boolean opaque) throws IOException {
    EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
    List<LayerEntry> all = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      all.add(entry);
    }
    for (LayerEntry entry : all) {
      disguiseEntry(directory, entry.name());
    }
    if (opaque) {
      disguiseOpaque(directory);
    }
    directory.setTimes(Name.SELF, before.accessed(), before.modified());
  }

  private void disguiseEntry(LayerDirectory directory, Name name) throws IOException {
    EntryStat stat = LayerEntries.requireStat(directory, name);
    if (stat.isDirectory()) {
      boolean opaque = LayerEntries.isOpaque(directory, name, marks);
      try (LayerDirectory inner = directory.open(name)) {
        disguiseDirectory(inner, opaque);
      }
    } else if (LayerEntries.isWhiteout(directory, name, stat, marks)) {
      disguiseWhiteout(directory, name);
    } else if (stat.type() == EntryType.FILE && random.nextBoolean()) {
      byte[] origin = "somewhere/else\0".getBytes(StandardCharsets.UTF_8);
      directory.setXattr(name, "user.fuseoverlayfs.origin", origin);
    }
  }

  /**
   * Keeps the device, adds a file beside it, replaces it by that file, or leaves what a crash
   * leaves.
   */
  private void disguiseWhiteout(LayerDirectory directory, Name name) throws IOException {
    int form = random.nextInt(4);
    if (form > 0) {
      directory.createFile(markerName(name)).close();
    }
    if (form > 1) {
      directory.remove(name);
    }
    if (form > 2) {
      directory.createDirectory(name);
      try (LayerDirectory inner = directory.open(name)) {
        inner.createFile(Name.of("about to go")).close();
      }
    }
  }

  private static Name markerName(Name name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(".wh.".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(name.toBytes());
    return Name.of(bytes.toByteArray());
  }

  private void disguiseOpaque(LayerDirectory directory) throws IOException {
    int form = random.nextInt(3);
    if (form > 0) {
      directory.removeXattr(Name.SELF, Mark.OPAQUE.xattr(marks));
    }
    if (form == 1) {
      directory.setXattr(Name.SELF, "user.fuseoverlayfs.opaque", YES);
    }
    if (form != 1 || random.nextBoolean()) {
      directory.createFile(OPAQUE_FILE).close();
    }
    if (random.nextBoolean()) {
      directory.createWhiteout(OPAQUE_WHITEOUT);
    }
  }
}
