package dev.overlays.linux.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a program might do in a view: the same for the same seed, as far as the view is the same.
 */
public final class RandomWork {
  private final Random random;
  private int made;

  private RandomWork(long seed) {
    random = new Random(seed);
  }

  public static void in(Path view, long seed) throws IOException {
    try (LayerDirectory root = new NativeLayerStore().open(view)) {
      new RandomWork(seed).in(root);
    }
  }

  private void in(LayerDirectory directory) throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      names.add(entry.name());
    }
    for (Name name : names) {
      EntryStat stat = LayerEntries.requireStat(directory, name);
      switch (random.nextInt(6)) {
        case 0 -> LayerEntries.removeTree(directory, name);
        case 1 -> {
          LayerEntries.removeTree(directory, name);
          make(directory, name);
        }
        case 2 -> {
          if (stat.type() != EntryType.SYMLINK) {
            directory.setMode(name, stat.mode() ^ 0020);
          }
        }
        case 3 -> {
          if (stat.type() != EntryType.DIRECTORY) {
            directory.rename(name, directory, newName());
          }
        }
        default -> {
          if (stat.isDirectory()) {
            try (LayerDirectory inner = directory.open(name)) {
              in(inner);
            }
          }
        }
      }
    }
    make(directory, newName());
  }

  private Name newName() {
    return Name.of("made-" + made++);
  }

  private void make(LayerDirectory directory, Name name) throws IOException {
    if (random.nextBoolean()) {
      directory.createDirectory(name);
      try (LayerDirectory inner = directory.open(name)) {
        write(inner, newName());
      }
    } else {
      write(directory, name);
      directory.createLink(name, directory, newName());
    }
  }

  private void write(LayerDirectory directory, Name name) throws IOException {
    try (OutputStream out = directory.createFile(name)) {
      out.write(new byte[random.nextInt(5000)]);
    }
    directory.setTimes(name, Instant.ofEpochSecond(made), Instant.ofEpochSecond(made, made));
  }
}
