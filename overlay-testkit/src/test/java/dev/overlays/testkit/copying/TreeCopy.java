package dev.overlays.testkit.copying;

import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.testkit.copying.MergedDirectory.ShownEntry;
import java.io.IOException;

/** Copies what layers show, without their marks. */
final class TreeCopy {
  private TreeCopy() {}

  /** Copies everything that a directory shows, and its attributes, into an empty one. */
  static void copyContent(MergedDirectory from, LayerDirectory to) throws IOException {
    for (Name name : from.shownNames()) {
      copyEntry(from, name, to);
    }
    AttributeCopy.copyAttributes(from.topDirectory(), Name.SELF, to, Name.SELF, CopyBackend.MARKS);
  }

  /** Copies one entry with everything in it. */
  static void copyEntry(MergedDirectory from, Name name, LayerDirectory to) throws IOException {
    ShownEntry found = from.findShown(name).orElseThrow();
    EntryStat stat = found.stat();
    switch (stat.type()) {
      case DIRECTORY -> {
        to.createDirectory(name);
        try (MergedDirectory inner = from.openMerged(name);
            LayerDirectory made = to.open(name)) {
          copyContent(inner, made);
        }
        return;
      }
      case FILE -> {
        to.createFile(name).close();
        found.directory().copyData(name, to, name);
      }
      case SYMLINK -> to.createSymlink(name, found.directory().readSymlink(name));
      default -> to.createNode(name, stat.type(), stat.deviceMajor(), stat.deviceMinor());
    }
    AttributeCopy.copyAttributes(found.directory(), name, to, name, CopyBackend.MARKS);
  }
}
