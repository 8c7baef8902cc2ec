package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promises about unusual names, deep trees, many entries and big files. */
abstract class NamePromises extends ContractPromises {
  private static final int MIB = 1 << 20;
  private static final int MANY = 500;
  private static final int DEEP = 40;

  NamePromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  @ParameterizedTest(name = "5.1 any name for layers, mount point and files: {0}")
  @ValueSource(
      strings = {
        "a,comma",
        ",upperdir=elsewhere",
        "a:colon",
        "a\\backslash",
        "a\\\\two",
        "ends with a backslash\\",
        "looks octal \\040",
        " around ",
        "a\ttab",
        "a'quote\"s",
        "a\nnew line",
        "#comment",
        "%25",
        "...",
        ".wh.file",
        "k\u00e4se-\u65e5\u672c-\ud83e\uddc0",
        "all ,:\\'\"\n\t# \u00fc\ud83e\uddc0"
      })
  void anyName(String name) throws IOException {
    if (name.contains(":") || name.startsWith(".wh.")) {
      sandbox().assumeDeclared(Capability.ANY_NAME);
    }
    sandbox().makeFile(name + "/lower " + name + "/" + name, "top");
    sandbox().makeFile(name + "/second " + name + "/below", "bottom");
    Path odd = sandbox().pathOf(name);
    OverlaySpec spec =
        sandbox()
            .specWithoutLayers()
            .lower(odd.resolve("lower " + name))
            .lower(odd.resolve("second " + name))
            .instance(odd.resolve("instance"), "upper" + name, "work" + name, "mnts" + name)
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("top", Files.readString(mount.root().resolve(name)));
      assertEquals("bottom", Files.readString(mount.root().resolve("below")));
      sandbox().assertListed(mount);
      Files.writeString(mount.root().resolve(name), "changed");
      Files.createDirectory(mount.root().resolve(name + name));
    }
    Path upper = spec.upper().orElseThrow();
    assertEquals(List.of(name, name + name), VisibleTree.namesIn(upper));
    assertEquals("changed", Files.readString(upper.resolve(name)));
  }

  @Test
  @DisplayName("5.2 names of 255 bytes")
  void longestNames() throws IOException {
    sandbox().assumeDeclared(Capability.ANY_NAME);
    String name = "n".repeat(255);
    String other = "o".repeat(255);
    sandbox().makeFile("lower/" + name + "/" + name, "lower");
    try (OverlayMount mount = sandbox().mount()) {
      Path directory = mount.root().resolve(name);
      Files.move(directory.resolve(name), directory.resolve(other));
      Files.writeString(directory.resolve(name), "anew");
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals("lower", Files.readString(mount.root().resolve(name).resolve(other)));
      assertEquals("anew", Files.readString(mount.root().resolve(name).resolve(name)));
    }
  }

  @Test
  @DisplayName("5.3 deep trees")
  void deepTrees() throws IOException {
    String path = "directory/".repeat(DEEP);
    sandbox().makeFile("lower/" + path + "file", "lower");
    try (OverlayMount mount = sandbox().mount()) {
      Path deep = mount.root().resolve(path);
      Files.writeString(deep.resolve("file"), "changed");
      Files.createDirectories(deep.resolve(path));
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals("changed", Files.readString(mount.root().resolve(path + "file")));
      assertEquals(List.of(), VisibleTree.namesIn(mount.root().resolve(path + path)));
    }
  }

  /** A third of the entries is deleted, a third is changed, and as many are added. */
  @Test
  @DisplayName("5.4 directories of many entries, each listed once")
  void manyEntries() throws IOException {
    Path lower = sandbox().makeDirectory("lower");
    for (int i = 0; i < MANY; i++) {
      Files.createFile(lower.resolve("lower-" + i));
    }
    try (OverlayMount mount = sandbox().mount()) {
      for (int i = 0; i < MANY; i += 3) {
        Files.delete(mount.root().resolve("lower-" + i));
        Files.createFile(mount.root().resolve("upper-" + i));
      }
      for (int i = 1; i < MANY; i += 3) {
        Files.writeString(mount.root().resolve("lower-" + i), "changed");
      }
      assertEquals(expectedNames(), VisibleTree.namesIn(mount.root()));
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(expectedNames(), VisibleTree.namesIn(mount.root()));
      assertEquals("changed", Files.readString(mount.root().resolve("lower-1")));
    }
  }

  private static List<String> expectedNames() {
    return IntStream.range(0, MANY)
        .mapToObj(i -> (i % 3 == 0 ? "upper-" : "lower-") + i)
        .sorted()
        .toList();
  }

  @Test
  @DisplayName("5.5 a big file is copied up whole when a part of it is written")
  void bigFile() throws IOException {
    byte[] content = new byte[8 * MIB + 123];
    new Random(0).nextBytes(content);
    Files.write(sandbox().makeDirectory("lower").resolve("big"), content);
    byte[] part = {1, 2, 3};
    try (OverlayMount mount = sandbox().mount()) {
      try (SeekableByteChannel channel =
          Files.newByteChannel(mount.root().resolve("big"), StandardOpenOption.WRITE)) {
        channel.position(5 * MIB);
        channel.write(ByteBuffer.wrap(part));
      }
    }
    System.arraycopy(part, 0, content, 5 * MIB, part.length);
    try (OverlayMount mount = sandbox().mount()) {
      byte[] shown = Files.readAllBytes(mount.root().resolve("big"));
      assertEquals(-1, Arrays.mismatch(content, shown), "the first byte that differs");
    }
  }
}
