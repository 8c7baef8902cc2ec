package dev.overlays.linux.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Renames, links and attribute changes in a view: what makes a kernel write its rarer marks. */
public final class RandomMoves implements AutoCloseable {
  private final Random random;
  private final List<LayerDirectory> directories = new ArrayList<>();
  private int made;

  private RandomMoves(LayerDirectory root, long seed) throws IOException {
    random = new Random(seed);
    directories.add(root);
    for (int i = 0; i < directories.size(); i++) {
      for (LayerEntry entry : entries(directories.get(i))) {
        if (entry.type() == EntryType.DIRECTORY) {
          directories.add(directories.get(i).open(entry.name()));
        }
      }
    }
  }

  public static void in(LayerStore store, Path view, long seed, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (RandomMoves moves = new RandomMoves(store.open(view), seed + i)) {
        moves.made = i;
        moves.step();
      } catch (FileSystemException refused) {
        // Not everything can be moved everywhere; the view is the same for both sides then.
      }
    }
  }

  private void step() throws IOException {
    LayerDirectory directory = any(directories);
    LayerDirectory target = any(directories);
    Name fresh = Name.of("moved-" + made);
    List<LayerEntry> entries = entries(directory);
    if (entries.isEmpty()) {
      directory.createDirectory(fresh);
      return;
    }
    Name name = any(entries).name();
    EntryStat stat = LayerEntries.requireStat(directory, name);
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> directory.rename(name, target, fresh);
      case 3 -> directory.rename(name, directory, fresh);
      case 4 -> directory.rename(name, target, name);
      case 5 -> {
        if (!stat.isDirectory()) {
          directory.createLink(name, target, fresh);
        }
      }
      case 6, 7 -> {
        if (stat.type() != EntryType.SYMLINK) {
          directory.setMode(name, stat.mode() ^ 0020);
        }
      }
      case 8 -> directory.createDirectory(fresh);
      default -> {
        if (stat.isDirectory() && random.nextBoolean()) {
          LayerEntries.removeTree(directory, name);
        } else if (!stat.isDirectory()) {
          directory.remove(name);
          try (OutputStream out = directory.createFile(name)) {
            out.write(made);
          }
        }
      }
    }
  }

  private static List<LayerEntry> entries(LayerDirectory directory) throws IOException {
    List<LayerEntry> entries = new ArrayList<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  @Override
  public void close() throws IOException {
    for (LayerDirectory directory : directories) {
      directory.close();
    }
  }
}
