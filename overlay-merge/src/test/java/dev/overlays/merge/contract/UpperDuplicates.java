package dev.overlays.merge.contract;

import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Copies entries of the lower into the upper, as if an instance had written the same. Some differ
 * in content or attributes. Also adds whiteouts that hide nothing.
 */
final class UpperDuplicates {
  private final Random random;
  private final MarkNamespace marks;

  private UpperDuplicates(Random random, MarkNamespace marks) {
    this.random = random;
    this.marks = marks;
  }

  static void addDuplicates(MergeCase layers, long seed) throws IOException {
    try (LayerDirectory upper = layers.store().open(layers.upperPath());
        LayerDirectory lower = layers.store().open(layers.spec().lowers().get(0))) {
      new UpperDuplicates(new Random(seed), layers.marks()).duplicateIn(upper, lower);
    }
  }

  private void duplicateIn(LayerDirectory upper, LayerDirectory lower) throws IOException {
    EntryStat before = LayerEntries.requireStat(upper, Name.SELF);
    for (Name name : entryNames(lower)) {
      EntryStat stat = LayerEntries.requireStat(lower, name);
      Optional<EntryStat> own = upper.stat(name);
      if (own.isEmpty() && random.nextInt(3) > 0) {
        copyEntry(lower, name, stat, upper);
      } else if (own.isPresent()
          && own.get().isDirectory()
          && stat.isDirectory()
          && !LayerEntries.isOpaque(upper, name, marks)) {
        try (LayerDirectory innerUpper = upper.open(name);
            LayerDirectory innerLower = lower.open(name)) {
          duplicateIn(innerUpper, innerLower);
        }
      }
    }
    if (random.nextInt(4) == 0) {
      upper.createWhiteout(Name.of("hides nothing"));
    }
    upper.setTimes(Name.SELF, before.accessed(), before.modified());
  }

  private static List<Name> entryNames(LayerDirectory directory) throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      names.add(entry.name());
    }
    return names;
  }

  private void copyEntry(LayerDirectory lower, Name name, EntryStat stat, LayerDirectory upper)
      throws IOException {
    switch (stat.type()) {
      case DIRECTORY -> {
        upper.createDirectory(name);
        try (LayerDirectory innerUpper = upper.open(name);
            LayerDirectory innerLower = lower.open(name)) {
          duplicateIn(innerUpper, innerLower);
        }
      }
      case FILE -> copyData(lower, name, stat, upper);
      case SYMLINK -> upper.createSymlink(name, lower.readSymlink(name));
      default -> upper.createNode(name, stat.type(), stat.deviceMajor(), stat.deviceMinor());
    }
    AttributeCopy.copyAttributes(lower, name, upper, name, marks);
    if (random.nextInt(5) == 0 && stat.type() != EntryType.SYMLINK) {
      upper.setMode(name, stat.mode() ^ 0001);
    }
    if (random.nextInt(8) == 0) {
      upper.setTimes(name, stat.accessed(), stat.modified().plusNanos(1_000_000));
    }
  }

  private void copyData(LayerDirectory lower, Name name, EntryStat stat, LayerDirectory upper)
      throws IOException {
    try (OutputStream out = upper.createFile(name)) {
      if (random.nextInt(5) == 0) {
        out.write(new byte[(int) stat.size()]);
        return;
      }
    }
    lower.copyData(name, upper, name);
  }
}
