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
  static final int MAX_DEPTH = 4;

  private static final List<EntryType> NODE_TYPES =
      List.of(EntryType.SOCKET, EntryType.CHARACTER_DEVICE, EntryType.BLOCK_DEVICE);
  private static final List<String> LINK_TARGETS =
      List.of("missing", "..", "../..", ".", "a1", "/nowhere/at all", "\u00fcml\u00e4ut");
  private static final int[] FILE_SIZES = {0, 0, 1, 100, 4096, 10_000};
  private static final int[] OWNER_IDS = {0, 1, 1000, 65_534, 70_000};

  private final Random random;
  private final LayerDirectory root;
  private final RandomShape shape;
  private final RandomMarks marks;
  private final List<List<Name>> filePaths = new ArrayList<>();

  RandomEntries(Random random, LayerDirectory root, RandomShape shape) {
    this.random = random;
    this.root = root;
    this.shape = shape;
    marks = new RandomMarks(random, shape.namespace());
  }

  /** Chooses a type; a directory only above the greatest depth. */
  EntryType randomKind(int depth) {
    int roll = random.nextInt(100);
    if (roll < 30) {
      return depth < MAX_DEPTH ? EntryType.DIRECTORY : EntryType.FILE;
    }
    if (roll < 50) {
      return EntryType.FILE;
    }
    if (shape.hasNodes() && roll < 80) {
      return NODE_TYPES.get(random.nextInt(NODE_TYPES.size()));
    }
    return random.nextBoolean() ? EntryType.SYMLINK : EntryType.FIFO;
  }

  /** Creates anything but a directory. A file is sometimes a hard link to an earlier one. */
  void makeEntry(LayerDirectory directory, List<Name> path, EntryType kind) throws IOException {
    Name name = lastName(path);
    if (kind == EntryType.FILE) {
      if (!filePaths.isEmpty() && random.nextInt(5) == 0) {
        linkFile(filePaths.get(random.nextInt(filePaths.size())), directory, name);
        return;
      }
      filePaths.add(List.copyOf(path));
      try (OutputStream out = directory.createFile(name)) {
        byte[] content = new byte[FILE_SIZES[random.nextInt(FILE_SIZES.length)]];
        random.nextBytes(content);
        out.write(content);
      }
    } else if (kind == EntryType.SYMLINK) {
      String target = LINK_TARGETS.get(random.nextInt(LINK_TARGETS.size()));
      directory.createSymlink(name, target.getBytes(StandardCharsets.UTF_8));
    } else {
      boolean device = kind == EntryType.CHARACTER_DEVICE || kind == EntryType.BLOCK_DEVICE;
      directory.createNode(name, kind, device ? 1 : 0, device ? 3 + random.nextInt(300) : 0);
    }
    setAttributes(directory, name, kind);
  }

  /** Creates a hard link to a file of this layer. */
  void linkFile(List<Name> file, LayerDirectory directory, Name newName) throws IOException {
    linkFile(root, file, directory, newName);
  }

  private static void linkFile(
      LayerDirectory from, List<Name> file, LayerDirectory directory, Name newName)
      throws IOException {
    if (file.size() == 1) {
      from.createLink(file.get(0), directory, newName);
    } else {
      try (LayerDirectory inner = from.open(file.get(0))) {
        linkFile(inner, file.subList(1, file.size()), directory, newName);
      }
    }
  }

  /** Gives an entry random attributes; a directory gets them after its last entry. */
  void setAttributes(LayerDirectory directory, Name name, EntryType kind) throws IOException {
    if (random.nextInt(4) == 0 && (kind == EntryType.FILE || kind == EntryType.DIRECTORY)) {
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(value);
      directory.setXattr(name, "user.random" + random.nextInt(3), value);
    }
    if (shape.hasEveryFormat()) {
      marks.sometimesSetNestedMark(directory, name, kind);
    }
    // Drawn even if they are not used, so that the tree is the same either way.
    int owner = OWNER_IDS[random.nextInt(OWNER_IDS.length)];
    int group = OWNER_IDS[random.nextInt(OWNER_IDS.length)];
    int mode = random.nextInt(010000);
    if (shape.hasOwners()) {
      directory.setOwner(name, owner, group);
    } else {
      mode = (mode & 0777) | (kind == EntryType.DIRECTORY ? 0700 : 0600);
    }
    if (kind != EntryType.SYMLINK) {
      directory.setMode(name, mode);
    }
    directory.setTimes(name, randomTime(), randomTime());
  }

  private Instant randomTime() {
    long second = 946_684_800L + random.nextInt(1_000_000_000);
    return Instant.ofEpochSecond(second, random.nextInt(1_000_000_000));
  }

  /** Creates a file that has the size of its data, but not the data. */
  void makeMetacopy(LayerDirectory directory, Name name, long size) throws IOException {
    try (OutputStream out = directory.createFile(name)) {
      out.write(new byte[Math.toIntExact(size)]);
    }
    marks.setMetacopy(directory, name);
  }

  RandomMarks randomMarks() {
    return marks;
  }

  boolean hasEveryFormat() {
    return shape.hasEveryFormat();
  }

  static Name lastName(List<Name> path) {
    return path.get(path.size() - 1);
  }
}
