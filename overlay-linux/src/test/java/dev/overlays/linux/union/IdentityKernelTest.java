package dev.overlays.linux.union;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import dev.overlays.testkit.union.UnionFileSystem;
import dev.overlays.testkit.union.UnionFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** File keys and birth times: the union file system returns the same as the kernel. */
class IdentityKernelTest {
  @AutoClose private Sandbox sandbox;
  private Path disk;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountTmpfs("disk");
  }

  /** One of the changes, and what the view shows after it. */
  @FunctionalInterface
  private interface ViewChange {
    void make(Path root) throws IOException;
  }

  /** What is changed, by names; renames that need redirects come last. */
  private static Map<String, ViewChange> changes(OverlayOptions options) {
    Map<String, ViewChange> changes = new TreeMap<>();
    changes.put("0 nothing", root -> {});
    changes.put("1 write", root -> Files.writeString(root.resolve("file"), "written"));
    changes.put("2 rename", root -> Files.move(root.resolve("file"), root.resolve("renamed")));
    changes.put(
        "3 link", root -> Files.createLink(root.resolve("linked"), root.resolve("renamed")));
    changes.put("4 write one name of two", root -> Files.writeString(root.resolve("twin"), "one"));
    changes.put("5 chmod", root -> changeMode(root.resolve("directory")));
    changes.put("6 chmod a file", root -> changeMode(root.resolve("directory/inner/leaf")));
    changes.put("7 rename a link", root -> Files.move(root.resolve("link"), root.resolve("way")));
    changes.put("8 create", IdentityKernelTest::create);
    changes.put("9 replace", IdentityKernelTest::replace);
    changes.put("A root", IdentityKernelTest::changeMode);
    if (options.redirectDir() == RedirectDir.ON) {
      changes.put("B move", root -> move(root, "directory", "new/moved"));
      changes.put("C move back", root -> move(root, "new/moved/inner", "inner"));
    }
    return changes;
  }

  private static void changeMode(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
  }

  private static void create(Path root) throws IOException {
    Files.createDirectory(root.resolve("new"));
    Files.writeString(root.resolve("new/file"), "new");
  }

  private static void replace(Path root) throws IOException {
    Files.delete(root.resolve("other"));
    Files.writeString(root.resolve("other"), "another");
    Files.delete(root.resolve("linked"));
    Files.writeString(root.resolve("linked"), "another");
  }

  private static void move(Path root, String from, String to) throws IOException {
    Files.move(root.resolve(from), root.resolve(to));
  }

  /** Two lowers, of which the second is the older. */
  private static List<Path> lowers(Path top, Path base) throws IOException {
    Files.createDirectories(base.resolve("directory/inner"));
    Files.createDirectory(base.resolve("other-directory"));
    for (String file : List.of("file", "other", "twin", "directory/inner/leaf", "unchanged")) {
      Files.writeString(base.resolve(file), file);
    }
    Files.createLink(base.resolve("directory/twin"), base.resolve("twin"));
    Files.createSymbolicLink(base.resolve("link"), base.getFileSystem().getPath("file"));
    waitForTheClock(base);
    Files.createDirectories(top.resolve("directory"));
    Files.writeString(top.resolve("directory/above"), "above");
    waitForTheClock(top);
    return List.of(top, base);
  }

  /** Waits until new files get a later time: file systems use a coarse clock. */
  private static void waitForTheClock(Path directory) throws IOException {
    Path probe = directory.resolveSibling("probe");
    Object before = birth(directory);
    Object now = before;
    while (now.equals(before)) {
      Files.writeString(probe, "");
      now = birth(probe);
      Files.delete(probe);
    }
  }

  private static Object birth(Path path) throws IOException {
    return Files.getAttribute(path, "creationTime", LinkOption.NOFOLLOW_LINKS);
  }

  private static OverlaySpec spec(
      List<Path> lowers, Path place, UnaryOperator<OverlayOptions> options) throws IOException {
    for (String name : List.of("upper", "work", "mnts")) {
      Files.createDirectories(place.resolve(name));
    }
    return OverlaySpec.builder().lowers(lowers).instance(place).options(options).build();
  }

  /**
   * What is shown after every change: for each entry which file it is, and of which layer's age.
   */
  private static String story(OverlaySpec spec, Path root) throws IOException {
    IdentityStory story = new IdentityStory(spec, root);
    for (Map.Entry<String, ViewChange> change : changes(spec.options()).entrySet()) {
      change.getValue().make(root);
      story.tellStep(change.getKey());
    }
    return story.toString();
  }

  private String kernel(List<Path> lowers, UnaryOperator<OverlayOptions> options)
      throws IOException {
    OverlaySpec spec = spec(lowers, disk.resolve("kernel"), options);
    try (OverlayMount mount = Overlays.mount(spec)) {
      return story(spec, mount.root());
    }
  }

  private String union(List<Path> lowers, UnaryOperator<OverlayOptions> options)
      throws IOException {
    OverlaySpec spec = spec(lowers, disk.resolve("union"), options);
    try (UnionFileSystem files = UnionFileSystems.open(spec)) {
      return story(spec, files.getPath("/"));
    }
  }

  private static String memory(UnaryOperator<OverlayOptions> options) throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      Path disk = Files.createDirectory(memory.getPath("/disk"));
      List<Path> lowers = lowers(disk.resolve("top"), disk.resolve("base"));
      try (OverlayMount mount = Overlays.mount(spec(lowers, disk.resolve("node"), options))) {
        return story(mount.spec(), mount.root());
      }
    }
  }

  private void compare(UnaryOperator<OverlayOptions> options) throws IOException {
    List<Path> lowers = lowers(disk.resolve("top"), disk.resolve("base"));
    String kernel = kernel(lowers, options);
    assertEquals(kernel, union(lowers, options));
    assertEquals(kernel, memory(options));
  }

  @Test
  void aCopyKeepsTheKeyOfTheLowersFileAndIsAsYoungAsItself() throws IOException {
    List<Path> lowers = lowers(disk.resolve("top"), disk.resolve("base"));
    String kernel = kernel(lowers, UnaryOperator.identity());
    Map<String, String> before = IdentityStory.entriesAfter(kernel, "0 nothing");
    Map<String, String> after = IdentityStory.entriesAfter(kernel, "3 link");
    String key = before.get("file").split(" ", -1)[0];
    assertEquals(key + " of base", before.get("file"), kernel);
    assertEquals(key + " of upper", after.get("renamed"), kernel);
    assertEquals(key + " of upper", after.get("linked"), kernel);
    assertTrue(before.get("directory").endsWith(" of top"), kernel);
    assertEquals(before.get("twin"), before.get("directory/twin"));
    compareOn(lowers, kernel);
  }

  private void compareOn(List<Path> lowers, String kernel) throws IOException {
    assertEquals(kernel, union(lowers, UnaryOperator.identity()));
    assertEquals(kernel, memory(UnaryOperator.identity()));
  }

  @Test
  void movedDirectoriesKeepTheirKeys() throws IOException {
    compare(options -> options.withRedirectDir(RedirectDir.ON));
  }

  @Test
  void copiesOfMetadataKeepTheKeysOfTheirFiles() throws IOException {
    compare(options -> options.withRedirectDir(RedirectDir.ON).withMetacopy(true));
  }

  @Test
  void layersOnSeveralFileSystemsHaveADeviceEachAndDirectoriesThatOfTheView() throws IOException {
    Path other = sandbox.mountTmpfs("other");
    List<Path> lowers = lowers(disk.resolve("top"), other.resolve("base"));
    UnaryOperator<OverlayOptions> options = all -> all.withRedirectDir(RedirectDir.ON);
    assertEquals(kernel(lowers, options), union(lowers, options));
  }

  @Test
  void withoutAnUpperAllIsOfTheLowers() throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lowers(lowers(disk.resolve("top"), disk.resolve("base")))
            .mountPoint(sandbox.createDirectory("mnts"))
            .build();
    try (OverlayMount mount = Overlays.mount(spec);
        UnionFileSystem files = UnionFileSystems.open(spec)) {
      IdentityStory kernel = new IdentityStory(spec, mount.root());
      IdentityStory union = new IdentityStory(spec, files.getPath("/"));
      kernel.tellStep("0");
      union.tellStep("0");
      assertEquals(kernel.toString(), union.toString());
    }
  }

  @Test
  void twoViewsHaveNoKeyInCommon() throws IOException {
    List<Path> lowers = lowers(disk.resolve("top"), disk.resolve("base"));
    try (UnionFileSystem one = UnionFileSystems.open(spec(lowers, disk.resolve("one"), o -> o));
        UnionFileSystem two = UnionFileSystems.open(spec(lowers, disk.resolve("two"), o -> o))) {
      assertEquals(
          Files.getAttribute(one.getPath("/unchanged"), "fileKey"),
          Files.getAttribute(one.getPath("/directory/../unchanged"), "fileKey"));
      assertEquals(
          false,
          Files.getAttribute(one.getPath("/unchanged"), "fileKey")
              .equals(Files.getAttribute(two.getPath("/unchanged"), "fileKey")));
    }
  }
}
