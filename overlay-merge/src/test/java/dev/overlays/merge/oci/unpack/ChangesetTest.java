package dev.overlays.merge.oci.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.TarBuilder;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;

/**
 * An archive that is imported over a lower shows what its changes make of the lower. Source: OCI
 * image layer, "Applying Changesets" and "Whiteouts": whiteouts hide what the lower layers have,
 * and nothing of the archive itself, in whatever order it has its entries.
 */
class ChangesetTest {
  private static final String[] NAMES = {"a", "b", "c"};

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private final Path lower = fileSystem.getPath("/lower");

  /** Paths of the archive, and whether they are entries, whiteouts or opaque directories. */
  private final SortedMap<String, String> changes = new TreeMap<>();

  private final List<String> whiteouts = new ArrayList<>();
  private final List<String> opaque = new ArrayList<>();

  /** Paths, and what they are: {@code d}, or the text of a file, or the target of a link. */
  private final SortedMap<String, String> shown = new TreeMap<>();

  private String randomPath() {
    List<String> names = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      names.add(NAMES[random.nextInt(NAMES.length)]);
    }
    return String.join("/", names);
  }

  private static List<String> parentsOf(String path) {
    List<String> parents = new ArrayList<>();
    for (int i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) {
      parents.add(path.substring(0, i));
    }
    return parents;
  }

  /** Puts an entry and the directories around it, if nothing else is in their place. */
  private static boolean putIfFree(Map<String, String> tree, String path, String content) {
    boolean taken =
        parentsOf(path).stream().anyMatch(each -> !tree.getOrDefault(each, "d").equals("d"));
    boolean other = tree.containsKey(path) && !(tree.get(path) + content).equals("dd");
    if (taken || other) {
      return false;
    }
    parentsOf(path).forEach(each -> tree.put(each, "d"));
    tree.put(path, content);
    return true;
  }

  private String randomContent(String path) {
    return switch (random.nextInt(3)) {
      case 0 -> "d";
      case 1 -> "file " + path;
      default -> "link " + path;
    };
  }

  private void createLower() throws IOException {
    Files.createDirectory(lower);
    for (int i = 0; i < 20; i++) {
      String path = randomPath();
      putIfFree(shown, path, randomContent("lower" + path));
    }
    for (Map.Entry<String, String> each : shown.entrySet()) {
      Path path = lower.resolve(each.getKey());
      if (each.getValue().equals("d")) {
        Files.createDirectory(path);
      } else if (each.getValue().startsWith("link")) {
        Files.createSymbolicLink(path, fileSystem.getPath(each.getValue()));
      } else {
        Files.writeString(path, each.getValue());
      }
    }
  }

  /** Whiteouts of what is in the lower, or in the archive, or nowhere. */
  private void chooseChanges() {
    for (int i = random.nextInt(12); i > 0; i--) {
      String path = randomPath();
      putIfFree(changes, path, randomContent(path));
    }
    List<String> directories =
        Stream.concat(shown.entrySet().stream(), changes.entrySet().stream())
            .filter(each -> each.getValue().equals("d"))
            .map(Map.Entry::getKey)
            .distinct()
            .toList();
    for (int i = random.nextInt(8); i > 0; i--) {
      String parent =
          directories.isEmpty() || random.nextInt(3) == 0
              ? ""
              : directories.get(random.nextInt(directories.size())) + '/';
      // Below what is no directory a whiteout would need one, which would be shown.
      if (parentsOf(parent).stream().allMatch(this::isDirectory)) {
        whiteouts.add(parent + NAMES[random.nextInt(NAMES.length)]);
      }
    }
    changes.forEach(
        (path, content) -> {
          if (content.equals("d") && random.nextInt(4) == 0) {
            opaque.add(path);
          }
        });
  }

  private boolean isDirectory(String path) {
    return shown.getOrDefault(path, "d").equals("d");
  }

  private void applyChanges() {
    whiteouts.forEach(path -> shown.keySet().removeIf(each -> isAtOrIn(each, path)));
    opaque.forEach(path -> shown.keySet().removeIf(each -> each.startsWith(path + '/')));
    changes.forEach(
        (path, content) -> {
          if (!content.equals("d") || !"d".equals(shown.get(path))) {
            shown.keySet().removeIf(each -> isAtOrIn(each, path));
          }
          shown.put(path, content);
        });
  }

  private static boolean isAtOrIn(String path, String directory) {
    return path.equals(directory) || path.startsWith(directory + '/');
  }

  /** Writes the entries in any order; directories without whiteouts of their own may be implied. */
  private byte[] writeArchive() {
    List<TarBuilder> entries = new ArrayList<>();
    changes.forEach(
        (path, content) -> {
          TarBuilder entry = new TarBuilder();
          if (content.equals("d")) {
            entry.addDirectory(path);
          } else if (content.startsWith("link")) {
            entry.addSymlink(path, content);
          } else {
            entry.addFile(path, content);
          }
          entries.add(entry);
        });
    whiteouts.stream().distinct().forEach(path -> entries.add(signOf(path)));
    opaque.forEach(path -> entries.add(new TarBuilder().addFile(path + "/.wh..wh..opq", "")));
    Collections.shuffle(entries, random);
    TarBuilder archive = new TarBuilder();
    entries.forEach(each -> archive.addBytes(each.bytesWithoutEnd()));
    return archive.completeBytes();
  }

  private static TarBuilder signOf(String path) {
    int name = path.lastIndexOf('/') + 1;
    return new TarBuilder().addFile(path.substring(0, name) + ".wh." + path.substring(name), "");
  }

  private static SortedMap<String, String> readTree(Path root) throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.skip(1).toList()) {
        String content = "d";
        if (Files.isSymbolicLink(path)) {
          content = Files.readSymbolicLink(path).toString();
        } else if (!Files.isDirectory(path)) {
          content = new String(Files.readAllBytes(path), UTF_8);
        }
        tree.put(root.relativize(path).toString(), content);
      }
    }
    return tree;
  }

  @RepeatedTest(100)
  void viewShowsTheLowerWithTheChangesOfTheArchive() throws IOException {
    createLower();
    chooseChanges();
    byte[] archive = writeArchive();
    Path layer = fileSystem.getPath("/layer");
    FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
    OciImport.to(layer).store(store).run(new ByteArrayInputStream(archive));
    store.assertAllClosed();
    Map<String, String> before = Map.copyOf(shown);
    applyChanges();
    OverlaySpec spec = OverlaySpec.builder().lower(layer).lower(lower).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(shown, readTree(mount.root()), () -> describe(before));
    } catch (OverlayException e) {
      throw new AssertionError(describe(before), e);
    }
    assertTrue(before.equals(readTree(lower)), "the lower has changed, seed " + seed);
  }

  private String describe(Map<String, String> before) {
    return "seed %d: over %s the changes %s, whiteouts %s, opaque %s"
        .formatted(seed, new TreeMap<>(before), changes, whiteouts, opaque);
  }
}
