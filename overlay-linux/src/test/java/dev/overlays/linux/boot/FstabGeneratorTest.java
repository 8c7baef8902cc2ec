package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The units that systemd's own generator makes of entries of fstab at the start. The generator
 * reads fstab differently than mount(8).
 */
class FstabGeneratorTest {
  private static final int ENTRIES = 50;

  @Test
  void readsTheSameSpecs() throws IOException {
    BootPrograms.requirePrograms(BootPrograms.GENERATOR.toString());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<String, OverlaySpec> specs = new LinkedHashMap<>();
    StringBuilder fstab = new StringBuilder();
    for (int i = 0; specs.size() < ENTRIES; i++) {
      OverlaySpec spec = new HardNames(random, false).spec(Path.of("/r" + i));
      try {
        fstab.append(FstabEntry.of(spec).toLine()).append('\n');
        specs.put(UnitName.of(ByteText.of(spec.mountPoint().orElseThrow())) + ".mount", spec);
      } catch (OverlayException e) {
        // Refused, so it is not written either.
      }
    }
    try (Sandbox sandbox = BootPrograms.createSandbox()) {
      Path file = sandbox.path("fstab");
      Files.write(file, ByteText.bytesOf(fstab.toString()));
      Path units = sandbox.createDirectory("units");
      ProgramResult made =
          BootPrograms.run(
              Map.of("SYSTEMD_FSTAB", file.toString(), "SYSTEMD_LOG_TARGET", "console"),
              List.of(
                  BootPrograms.GENERATOR.toString(),
                  units.toString(),
                  units.toString(),
                  units.toString()));
      assertEquals(0, made.status(), made::output);
      for (Map.Entry<String, OverlaySpec> entry : specs.entrySet()) {
        String message = "seed " + seed + ": " + entry.getKey() + " " + entry.getValue();
        Path unit = units.resolve(entry.getKey());
        assertTrue(Files.exists(unit), message);
        String text = ByteText.of(Files.readAllBytes(unit));
        assertEquals(entry.getValue(), spec(text), message);
        String requires =
            EntryOptions.layersOf(entry.getValue()).stream()
                .map(layer -> quoted(ByteText.of(layer)))
                .collect(Collectors.joining(" "));
        assertEquals(requires, value(text, "RequiresMountsFor"), message);
        assertTrue(
            Files.isSymbolicLink(units.resolve("local-fs.target.wants").resolve(entry.getKey())),
            message);
      }
    }
  }

  private static OverlaySpec spec(String unit) throws OverlayException {
    return EntryDecoder.decodeEntry(
        ByteText.pathOf(value(unit, "Where")).orElseThrow(), value(unit, "Options"));
  }

  private static String quoted(String name) {
    return name.chars().anyMatch(c -> " \t',".indexOf(c) >= 0) ? '"' + name + '"' : name;
  }

  private static String value(String unit, String key) {
    List<String> values =
        unit.lines()
            .filter(line -> line.startsWith(key + "="))
            .map(line -> line.substring(key.length() + 1))
            .toList();
    assertEquals(1, values.size(), unit);
    return UnitText.unescapeText(values.get(0)).orElseThrow();
  }
}
