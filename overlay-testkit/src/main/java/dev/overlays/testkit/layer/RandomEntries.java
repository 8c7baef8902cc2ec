package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Creates entries of all types in one layer, with random attributes. */
final class RandomEntries {
  static final int DEEPEST = 4;

  private static final List<EntryType> NODES =
      List.of(EntryType.SOCKET, EntryType.CHARACTER_DEVICE, EntryType.BLOCK_DEVICE);
  private static final List<String> TARGETS =
      List.of("missing", "..", "../..", ".", "a1", "/nowhere/at all", "\u00fcml\u00e4ut");
  private static final int[] SIZES = {0, 0, 1, 100, 4096, 10_000};
  private static final int[] OWNERS = {0, 1, 1000, 65_534, 70_000};

  private final Random random;
  private final LayerDirectory root;
  private final RandomShape shape;
  private final RandomMarks marks;
  private final List<List<Name>> files = new ArrayList<>();

  RandomEntries(Random random, LayerDirectory root, RandomShape shape) {
    this.random = random;
    this.root = root;
    this.shape = shape;
    marks = new RandomMarks(random, shape.marks());
  }

  /** Chooses a type; a directory only above the greatest depth. */
  EntryType kind(int depth) {
    int roll = random.nextInt(100);
    if (roll < 30) {
      return depth < DEEPEST ? EntryType.DIRECTORY : EntryType.FILE;
    }
    if (roll < 50) {
      return EntryType.FILE;
    }
    if (shape.nodes() && roll < 80) {
      return NODES.get(random.nextInt(NODES.size()));
    }
    return random.nextBoolean() ? EntryType.SYMLINK : EntryType.FIFO;
  }

  /** Creates anything but a directory. A file is sometimes a hard link to an earlier one. */
  void make(LayerDirectory directory, List<Name> path, EntryType kind) throws IOException {
    Name name = last(path);
    if (kind == EntryType.FILE) {
      if (!files.isEmpty() && random.nextInt(5) == 0) {
        link(files.get(random.nextInt(files.size())), directory, name);
        return;
      }
      files.add(List.copyOf(path));
      try (OutputStream out = directory.createFile(name)) {
        byte[] content = new byte[SIZES[random.nextInt(SIZES.length)]];
        random.nextBytes(content);
        out.write(content);
      }
    } else if (kind == EntryType.SYMLINK) {
      String target = TARGETS.get(random.nextInt(TARGETS.size()));
      directory.createSymlink(name, target.getBytes(StandardCharsets.UTF_8));
    } else {
      boolean device = kind == EntryType.CHARACTER_DEVICE || kind == EntryType.BLOCK_DEVICE;
      directory.createNode(name, kind, device ? 1 : 0, device ? 3 + random.nextInt(300) : 0);
    }
    attributes(directory, name, kind);
  }

  /** Creates a hard link to a file of this layer. */
  void link(List<Name> file, LayerDirectory directory, Name newName) throws IOException {
    link(root, file, directory, newName);
  }

  private static void link(
      LayerDirectory from, List<Name> file, LayerDirectory directory, Name newName)
      throws IOException {
    if (file.size() == 1) {
      from.createLink(file.get(0), directory, newName);
    } else {
      try (LayerDirectory inner = from.open(file.get(0))) {
        link(inner, file.subList(1, file.size()), directory, newName);
      }
    }
  }

  /** Gives an entry random attributes; a directory gets them after its last entry. */
  void attributes(LayerDirectory directory, Name name, EntryType kind) throws IOException {
    if (random.nextInt(4) == 0 && (kind == EntryType.FILE || kind == EntryType.DIRECTORY)) {
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(value);
      directory.setXattr(name, "user.random" + random.nextInt(3), value);
    }
    if (shape.formats()) {
      marks.nested(directory, name, kind);
    }
    // Drawn even if they are not used, so that the tree is the same either way.
    int owner = OWNERS[random.nextInt(OWNERS.length)];
    int group = OWNERS[random.nextInt(OWNERS.length)];
    int mode = random.nextInt(010000);
    if (shape.owners()) {
      directory.setOwner(name, owner, group);
    } else {
      mode = (mode & 0777) | (kind == EntryType.DIRECTORY ? 0700 : 0600);
    }
    if (kind != EntryType.SYMLINK) {
      directory.setMode(name, mode);
    }
    directory.setTimes(name, time(), time());
  }

  private Instant time() {
    long second = 946_684_800L + random.nextInt(1_000_000_000);
    return Instant.ofEpochSecond(second, random.nextInt(1_000_000_000));
  }

  /** Creates a file that has the size of its data, but not the data. */
  void metacopy(LayerDirectory directory, Name name, long size) throws IOException {
    try (OutputStream out = directory.createFile(name)) {
      out.write(new byte[Math.toIntExact(size)]);
    }
    marks.metacopy(directory, name);
  }

  RandomMarks marks() {
    return marks;
  }

  boolean formats() {
    return shape.formats();
  }

  static Name last(List<Name> path) {
    return path.get(path.size() - 1);
  }
}
