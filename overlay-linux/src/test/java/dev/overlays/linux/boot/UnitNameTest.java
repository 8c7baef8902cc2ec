package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names of units, as systemd-escape(1) makes them. */
class UnitNameTest {
  private static final int NAMES = 400;

  @Test
  void escapesAsSystemdDoes() throws IOException {
    BootPrograms.requirePrograms("systemd-escape");
    long seed = new Random().nextLong();
    HardNames names = new HardNames(new Random(seed), false);
    List<String> paths =
        new ArrayList<>(List.of("/.a", "/a/.b", "/-", "/a-b/c_d", "/a\\b", "/\"q\""));
    for (int i = 0; i < NAMES; i++) {
      paths.add(ByteText.of(names.path(Path.of(i % 2 == 0 ? "/r" : "/.r r"), i)));
    }
    List<String> command = new ArrayList<>(List.of("systemd-escape", "--path", "--"));
    paths.forEach(path -> command.add(new String(ByteText.bytesOf(path), StandardCharsets.UTF_8)));
    ProgramResult theirs = BootPrograms.run(Map.of(), command);
    List<String> ours = paths.stream().map(UnitName::of).toList();
    assertEquals(String.join(" ", ours), theirs.output().strip(), "seed " + seed);
  }

  @Test
  void escapesTheFirstDotOnly() {
    assertEquals("\\x2ea-.b.c", UnitName.of("/.a/.b.c"));
    assertEquals("mnt-cache\\x2done\\x20\\xc3\\xa9", UnitName.of("/mnt/cache-one \u00c3\u00a9"));
  }
}
