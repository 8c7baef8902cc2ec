package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives as GNU tar and bsdtar understand them. */
class TarToolsTest {
  @AutoClose private Sandbox sandbox;
  private Path layer;
  private LayerStore store;
  private long seed;

  @BeforeEach
  void makeLayer() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("t");
    seed = new Random().nextInt();
    layer = sandbox.createDirectory("t/layer");
    store = LayerStore.of(layer);
    RandomLayers.of(seed, MarkNamespace.TRUSTED)
        .withNodes()
        .withOwners()
        .fillLayers(store, layer, sandbox.createDirectory("t/upper"));
    Sandbox.run("find", layer.toString(), "-type", "s", "-delete");
    // Longer than a header, a size of holes, and times before 1970 and after 2242.
    String name = "\u00fc".repeat(120);
    Path directory = Files.createDirectories(layer.resolve(name).resolve(name));
    Path file = Files.writeString(directory.resolve(name), "file");
    Sandbox.run("ln", file.toString(), layer + "/another");
    Sandbox.run("ln", "-s", "x".repeat(300), layer + "/symlink");
    Sandbox.run("touch", "-d", "1960-01-02 03:04:05", file.toString());
    Sandbox.run("touch", "-d", "2300-01-02 03:04:05.000000001", directory.toString());
    Sandbox.run("chown", "4000000000:3000000000", file.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "tar, tar, NONE",
    "tar, tar, GZIP",
    "tar, tar, ZSTD",
    "bsdtar, libarchive-tools, GZIP"
  })
  void unpackOurArchives(String program, String packageName, OciCompression compression)
      throws IOException {
    Programs.require(program, packageName);
    if (program.equals("tar")) {
      // bsdtar takes fractions of seconds before 1970 the wrong way round.
      Sandbox.run("touch", "-d", "1960-01-02 03:04:05.678", layer + "/another");
    }
    Path archive = sandbox.path("t/archive");
    try (OutputStream out = Files.newOutputStream(archive)) {
      OciLayer.of(layer, MarkNamespace.TRUSTED).compression(compression).writeTo(out);
    }
    Path unpacked = sandbox.createDirectory("t/unpacked");
    List<String> command = new ArrayList<>(List.of(program));
    if (program.equals("tar")) {
      command.addAll(List.of("--xattrs", "--xattrs-include=*"));
    }
    command.addAll(List.of("-xpf", archive.toString(), "-C", unpacked.toString()));
    Sandbox.run(command.toArray(String[]::new));
    List<String> expected = shown(layer, false);
    List<String> found = shown(unpacked, false);
    if (!program.equals("tar")) {
      // The directory that it is told to unpack into gets the time of that.
      expected.removeIf(line -> line.startsWith(". "));
      found.removeIf(line -> line.startsWith(". "));
    }
    assertEquals(expected, found, "seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({
    "tar, tar, --format=posix --xattrs --xattrs-include=*",
    "tar, tar, --format=posix --xattrs --xattrs-include=* -z",
    "tar, tar, --format=posix --xattrs --xattrs-include=* --zstd",
    "tar, tar, --format=gnu",
    "bsdtar, libarchive-tools, --format=pax"
  })
  void makeArchivesThatImport(String program, String packageName, String options)
      throws IOException {
    Programs.require(program, packageName);
    if (options.contains("posix")) {
      Sandbox.run("touch", "-d", "1960-01-02 03:04:05.678", layer + "/another");
    }
    Path archive = sandbox.path("t/archive");
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(Arrays.asList(options.split(" ", -1)));
    command.addAll(List.of("-cf", archive.toString(), "-C", layer.toString(), "."));
    Sandbox.run(command.toArray(String[]::new));
    Path imported = sandbox.path("t/imported");
    try (InputStream in = Files.newInputStream(archive)) {
      OciImport.to(imported)
          .devices(OciTreatment.TAKE)
          .setIds(OciTreatment.TAKE)
          .privilegedXattrs(OciTreatment.TAKE)
          .run(in);
    }
    boolean gnu = options.contains("gnu");
    assertEquals(shown(layer, gnu), shown(imported, gnu), "seed " + seed);
  }

  /** GNU's own format has whole seconds, and no extended attributes. */
  private List<String> shown(Path root, boolean gnu) throws IOException {
    return LayerView.ofSingleLayer(store, root, MarkNamespace.TRUSTED)
        .withDirectoryTimes()
        .manifest()
        .stream()
        .map(
            line ->
                gnu ? line.replaceAll(" user\\.\\w+=\\w*|(?<=mtime=\\S{19})\\.[0-9]+", "") : line)
        .collect(Collectors.toCollection(ArrayList::new));
  }
}
