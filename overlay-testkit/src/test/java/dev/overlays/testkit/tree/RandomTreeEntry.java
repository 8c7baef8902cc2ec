package dev.overlays.testkit.tree;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Makes up random trees with every kind of entry, and names and values of any bytes. */
final class RandomTreeEntry {
  private static final String ODD_CHARACTERS = "\"\\\n\t #=>-/.:\u00c3\u00a9\u00ff\u0080'~";

  private final Random random;
  private final List<String> filePaths = new ArrayList<>();
  private int entriesLeft = 25;

  RandomTreeEntry(long seed) {
    random = new Random(seed);
  }

  TreeEntry randomTree() {
    TreeEntry root =
        new TreeEntry(
            ".", new EntryKind.Directory(), randomAttributes(true, true), new TreeMap<>());
    return HardLinkOrder.orderLinks(fillDirectory(root, ""));
  }

  private TreeEntry fillDirectory(TreeEntry directory, String path) {
    TreeMap<String, TreeEntry> entries = new TreeMap<>();
    int count = random.nextInt(8);
    for (int i = 0; i < count && entriesLeft-- > 0; i++) {
      String name = randomName();
      if (!entries.containsKey(name)) {
        entries.put(name, randomEntry(name, TreeEntry.joinPath(path, name)));
      }
    }
    return new TreeEntry(directory.name(), directory.kind(), directory.attributes(), entries);
  }

  private TreeEntry randomEntry(String name, String path) {
    TreeMap<String, TreeEntry> none = new TreeMap<>();
    return switch (random.nextInt(8)) {
      case 0, 1 ->
          fillDirectory(
              new TreeEntry(name, new EntryKind.Directory(), randomAttributes(true, true), none),
              path);
      case 2 ->
          new TreeEntry(
              name, new EntryKind.Symlink(randomBytes(true)), randomAttributes(false, false), none);
      case 3 ->
          new TreeEntry(name, new EntryKind.Whiteout(), SpecifiedAttributes.noAttributes(), none);
      case 4 -> new TreeEntry(name, randomNode(), randomAttributes(true, false), none);
      case 5 -> {
        if (filePaths.isEmpty()) {
          yield new TreeEntry(
              name, new EntryKind.Whiteout(), SpecifiedAttributes.noAttributes(), none);
        }
        String target = filePaths.get(random.nextInt(filePaths.size()));
        yield new TreeEntry(
            name, new EntryKind.HardLink(target), SpecifiedAttributes.noAttributes(), none);
      }
      default -> {
        filePaths.add(path);
        yield new TreeEntry(
            name, new EntryKind.File(randomContent()), randomAttributes(true, true), none);
      }
    };
  }

  private EntryKind randomNode() {
    return switch (random.nextInt(4)) {
      case 0 -> new EntryKind.Node(EntryType.FIFO, 0, 0);
      case 1 -> new EntryKind.Node(EntryType.SOCKET, 0, 0);
      case 2 -> new EntryKind.Node(EntryType.BLOCK_DEVICE, 7, random.nextInt(300));
      default -> new EntryKind.Node(EntryType.CHARACTER_DEVICE, 1, random.nextInt(9));
    };
  }

  private FileContent randomContent() {
    return switch (random.nextInt(5)) {
      case 0 -> new FileContent.AnyContent();
      case 1 -> new FileContent.ZeroContent(random.nextInt(5000));
      case 2 -> new FileContent.SeededContent(random.nextInt(200_000), random.nextLong());
      default -> new FileContent.LiteralContent(randomBytes(true));
    };
  }

  private SpecifiedAttributes randomAttributes(boolean mode, boolean attributes) {
    TreeMap<Mark, String> marks = new TreeMap<>();
    TreeMap<String, String> xattrs = new TreeMap<>();
    for (int i = random.nextInt(3); attributes && i > 0; i--) {
      // Not every store allows other bytes in names.
      xattrs.put("user." + randomName().replaceAll("[^ -~]", "?"), randomBytes(true));
      marks.put(random.nextBoolean() ? Mark.OPAQUE : Mark.REDIRECT, randomBytes(true));
    }
    return new SpecifiedAttributes(
        mode && random.nextBoolean() ? Optional.of(random.nextInt(010000)) : Optional.empty(),
        random.nextBoolean()
            ? Optional.of(
                new SpecifiedAttributes.OwnerIds(random.nextInt(), random.nextInt(70_000)))
            : Optional.empty(),
        random.nextBoolean()
            ? Optional.of(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)))
            : Optional.empty(),
        marks,
        xattrs);
  }

  private String randomName() {
    String name = randomBytes(false);
    return name.startsWith(".") ? "_" + name : name;
  }

  /** Makes up bytes; those of a name have no slash. */
  private String randomBytes(boolean value) {
    StringBuilder bytes = new StringBuilder(value ? "" : "n");
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      int c =
          random.nextInt(3) == 0
              ? ODD_CHARACTERS.charAt(random.nextInt(ODD_CHARACTERS.length()))
              : 'a' + random.nextInt(26);
      bytes.append(!value && c == '/' ? '_' : (char) c);
    }
    return bytes.toString();
  }
}
