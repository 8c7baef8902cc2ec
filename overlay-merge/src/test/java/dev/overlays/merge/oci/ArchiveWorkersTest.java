package dev.overlays.merge.oci;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the number of workers, an archive has the same bytes, and an import the same outcome.
 */
class ArchiveWorkersTest {
  private static final MarkNamespace MARKS = MarkNamespace.USER;
  private static final int RANDOM_ARCHIVES = Math.max(40, Integer.getInteger("overlays.seeds", 40));

  /** Around the sizes of blocks, of batches, and of what is read at once. */
  private static final int[] SIZES = {
    0, 1, 511, 512, 513, 4096, 65_535, 65_536, 65_537, 131_072, 200_000
  };

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path parent = fileSystem.getPath("/parent");
  private final Path layer = fileSystem.getPath("/layer");

  @BeforeEach
  void makeDirectories() throws IOException {
    Files.createDirectory(parent);
    Files.createDirectory(layer);
  }

  private OciLayer exported() {
    return OciLayer.of(layer, MARKS).store(store);
  }

  private OciImport importTo(String name) {
    return OciImport.to(parent.resolve(name)).store(store).marks(MARKS);
  }

  /** Lists everything in a layer, and the extended attributes of its directories. */
  private List<String> linesOf(Path root) throws IOException {
    PortableLayerStore plain = new PortableLayerStore();
    List<String> lines =
        new ArrayList<>(
            LayerView.ofSingleLayer(plain, root, MARKS).withDirectoryTimes().manifest());
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(p -> Files.isDirectory(p, NOFOLLOW_LINKS)).sorted().toList()) {
        try (LayerDirectory directory = plain.open(path)) {
          lines.add(root.relativize(path) + " " + directory.xattrs(Name.SELF));
        }
      }
    }
    return lines;
  }

  private void makeFiles(int count) throws IOException {
    Random random = new Random(count);
    for (int i = 0; i < count; i++) {
      Path directory = layer.resolve("d" + i % 7 + "/" + "deep/".repeat(i % 3) + i % 40);
      Files.createDirectories(directory);
      byte[] content = new byte[i % 50 == 0 ? SIZES[i / 50 % SIZES.length] : random.nextInt(900)];
      random.nextBytes(content);
      Files.write(directory.resolve("f" + i), content);
      if (i % 9 == 0) {
        Files.createLink(directory.resolve("link" + i), directory.resolve("f" + i));
        Files.createSymbolicLink(directory.resolve("symlink" + i), fileSystem.getPath("f" + i));
      }
    }
    try (LayerDirectory root = store.open(layer)) {
      for (int i = 0; i < 5; i++) {
        root.createWhiteout(Name.of("white" + i));
        root.createFile(Name.of("n".repeat(200) + i)).close();
        root.setXattr(Name.of("n".repeat(200) + i), "user.long", new byte[40_000]);
      }
    }
  }

  private byte[] exportBytes(OciCompression compression, int workers) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciBlob blob = exported().compression(compression).workers(workers).writeTo(out);
    store.assertAllClosed();
    assertEquals(out.size(), blob.size());
    return out.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(OciCompression.class)
  void archiveHasTheSameBytes(OciCompression compression) throws IOException {
    makeFiles(1500);
    byte[] archive = exportBytes(compression, 1);
    for (int workers : new int[] {2, 3, 8}) {
      assertArrayEquals(archive, exportBytes(compression, workers), workers + " workers");
    }
    List<String> lines = null;
    for (int workers : new int[] {1, 2, 3, 8}) {
      OciImportReport report =
          importTo("of" + workers).workers(workers).run(new ByteArrayInputStream(archive));
      assertEquals(compression, report.blob().compression());
      assertEquals(archive.length, report.blob().size());
      store.assertAllClosed();
      lines = lines == null ? linesOf(parent.resolve("of1")) : lines;
      assertEquals(lines, linesOf(parent.resolve("of" + workers)), workers + " workers");
    }
  }

  /** The digests of an archive that is not compressed are one and the same. */
  @Test
  void archiveThatIsNotCompressedHasOneDigest() throws IOException {
    makeFiles(20);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciBlob blob = exported().compression(OciCompression.NONE).writeTo(out);
    assertEquals(blob.digest(), blob.diffId());
    OciBlob packed =
        exported().compression(OciCompression.GZIP).writeTo(OutputStream.nullOutputStream());
    assertEquals(blob.digest(), packed.diffId());
    assertEquals(blob.diffSize(), packed.diffSize());
    assertEquals(blob, importTo("back").run(new ByteArrayInputStream(out.toByteArray())).blob());
  }

  /** A file that cannot be read comes before a name that no archive has. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void firstFailureOfTheOrderEndsAnExport(int workers) throws IOException {
    makeFiles(300);
    Files.writeString(layer.resolve("d3/.wh.name"), "x");
    Files.writeString(layer.resolve("d1/unreadable"), "x");
    store
        .faults()
        .setDelay(
            (operation, path) -> {
              if (path.endsWith("unreadable") && operation == FileOperation.OPEN) {
                throw new IOException("a disk is broken");
              }
            });
    OciLayer exported = exported().compression(OciCompression.GZIP).workers(workers);
    OverlayException e =
        assertThrows(
            OverlayException.class, () -> exported.writeTo(OutputStream.nullOutputStream()));
    assertTrue(e.has(ProblemCode.ARCHIVE_NOT_WRITTEN), e.toString());
    assertTrue(e.getMessage().contains("a disk is broken"), e.toString());
    store.assertAllClosed();
  }

  /** The target fails, and gets nothing more after that. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void targetThatFailsEndsAnExport(int workers) throws IOException {
    makeFiles(1500);
    for (OciCompression compression : OciCompression.values()) {
      OutputStream full =
          new OutputStream() {
            private int left = 10_000;
            private boolean failed;

            @Override
            public void write(int b) throws IOException {
              write(new byte[1], 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              left -= length;
              if (left < 0) {
                assertTrue(
                    !failed || compression == OciCompression.ZSTD, "written after a failure");
                failed = true;
                throw new IOException("full");
              }
            }
          };
      OverlayException e =
          assertThrows(
              OverlayException.class,
              () -> exported().compression(compression).workers(workers).writeTo(full));
      assertTrue(e.getMessage().contains("full"), e.toString());
      store.assertAllClosed();
    }
  }

  /** Lets what comes later overtake the creation of files, where nothing keeps it from that. */
  private void delayCreations() {
    store
        .faults()
        .setDelay(
            (operation, path) -> {
              for (int i = 0; operation == FileOperation.CREATE_FILE && i < 5_000; i++) {
                Thread.onSpinWait();
              }
            });
  }

  private static String pickPath(Random random) {
    StringBuilder path = new StringBuilder();
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      path.append((char) ('p' + random.nextInt(3))).append('/');
    }
    return path.append((char) ('a' + random.nextInt(26))).append(random.nextInt(4)).toString();
  }

  private static String whiteoutOf(String path) {
    int name = path.lastIndexOf('/') + 1;
    return path.substring(0, name) + ".wh." + path.substring(name);
  }

  /** Picks an earlier path, mostly the last one. */
  private static String pickEarlier(List<String> files, Random random) {
    int last = files.size() - 1;
    return files.get(random.nextInt(3) > 0 ? last : random.nextInt(last + 1));
  }

  /** Adds entries that mostly agree with each other. */
  private static byte[] randomArchive(Random random) {
    TarBuilder tar = new TarBuilder();
    List<String> files = new ArrayList<>(List.of("missing"));
    for (int i = 1 + random.nextInt(120); i > 0; i--) {
      String path = pickPath(random);
      switch (random.nextInt(24)) {
        case 0 -> tar.addDirectory(path);
        case 1 -> tar.addDirectory(path.substring(0, 1));
        case 2 -> tar.addSymlink(path, "target");
        case 3 -> tar.addHardLink(path, pickEarlier(files, random));
        case 4 -> tar.addFile(whiteoutOf(pickEarlier(files, random)), "");
        case 5 -> tar.addFile(path + "/.wh..wh..opq", "");
        case 6 -> tar.addEntry(path, '6', "", new byte[0], header -> {});
        case 7 -> tar.addFile(path, "x".repeat(70_000));
        case 8 ->
            tar.addEntry(
                path, '0', "", new byte[2], h -> h.setMode(random.nextInt(60) == 0 ? 04755 : 0600));
        default -> tar.addFile(path, path.repeat(random.nextInt(300)));
      }
      files.add(path);
    }
    byte[] archive = tar.completeBytes();
    return random.nextInt(8) > 0 ? archive : Arrays.copyOf(archive, random.nextInt(archive.length));
  }

  private String outcomeOf(byte[] archive, int workers) throws IOException {
    String outcome;
    try {
      OciImportReport report =
          importTo("layer")
              .limits(OciLimits.DEFAULTS.withBytes(500_000, 100_000))
              .workers(workers)
              .run(new ByteArrayInputStream(archive));
      outcome = report + "\n" + String.join("\n", linesOf(parent.resolve("layer")));
      try (LayerDirectory root = new PortableLayerStore().open(parent)) {
        LayerEntries.removeTree(root, Name.of("layer"));
      }
    } catch (OverlayException e) {
      outcome = e.problems().toString();
    }
    store.assertAllClosed();
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(), left.toList(), outcome);
    }
    return outcome;
  }

  /** Entries that contradict each other are refused as if they had come one by one. */
  @Test
  void importHasTheSameOutcome() throws IOException {
    delayCreations();
    long first = System.nanoTime();
    int accepted = 0;
    for (long seed = first; seed < first + RANDOM_ARCHIVES; seed++) {
      byte[] archive = randomArchive(new Random(seed));
      String one = outcomeOf(archive, 1);
      accepted += one.startsWith("OciImportReport") ? 1 : 0;
      for (int workers = 2; workers < 5; workers++) {
        assertEquals(one, outcomeOf(archive, workers), "seed " + seed);
      }
    }
    assertTrue(accepted > 0 && accepted < RANDOM_ARCHIVES, accepted + " of them are accepted");
  }

  /** A second entry of a name is the one that is refused, though both are at hand. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void laterOfTwoEntriesIsRefused(int workers) {
    AtomicBoolean delayed = new AtomicBoolean();
    store
        .faults()
        .setDelay(
            (operation, path) -> {
              boolean delays = operation == FileOperation.CREATE_FILE && !delayed.getAndSet(true);
              for (int i = 0; delays && i < 2_000_000; i++) {
                Thread.onSpinWait();
              }
            });
    TarBuilder tar = new TarBuilder().addDirectory("d").addFile("d/a", "first");
    for (int i = 0; i < 15; i++) {
      tar.addFile("d/between" + i, "");
    }
    byte[] archive =
        tar.addFile("./d/a", "second")
            .addEntry("d/privileged", '0', "", new byte[0], header -> header.setMode(04755))
            .completeBytes();
    OciImport into = importTo("layer").setIds(OciTreatment.REFUSE).workers(workers);
    OverlayException e =
        assertThrows(OverlayException.class, () -> into.run(new ByteArrayInputStream(archive)));
    assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSAFE), e.toString());
    assertTrue(e.getMessage().contains("\"./d/a\""), e.toString());
  }

  @Test
  void numberOfWorkersIsPositive() {
    assertThrows(IllegalArgumentException.class, () -> exported().workers(0));
    assertThrows(IllegalArgumentException.class, () -> importTo("layer").workers(-1));
  }

  /** The settings after it keep the number; that of a worker is seen by its threads. */
  @Test
  void workersAreKeptByOtherSettings() throws IOException {
    makeFiles(400);
    Set<String> threads = ConcurrentHashMap.newKeySet();
    store.faults().setDelay((operation, path) -> threads.add(Thread.currentThread().getName()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciLayer.of(layer, MARKS).workers(2).compression(OciCompression.NONE).store(store).writeTo(out);
    assertTrue(threads.contains("overlays-helper-1"), threads.toString());
    threads.clear();
    OciImport.to(parent.resolve("layer"))
        .workers(2)
        .marks(MARKS)
        .store(store)
        .run(new ByteArrayInputStream(out.toByteArray()));
    assertTrue(threads.contains("overlays-helper-1"), threads.toString());
  }
}
