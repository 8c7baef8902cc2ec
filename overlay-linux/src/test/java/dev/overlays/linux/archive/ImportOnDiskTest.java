package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.DiskUse;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only a disk, its ACLs and its other processes can do to an import. */
class ImportOnDiskTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("t");
  }

  private byte[] export(Path layer, OciCompression compression) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciLayer.of(layer, MarkNamespace.TRUSTED).compression(compression).writeTo(out);
    return out.toByteArray();
  }

  /** Before every operation in turn, a link to the outside takes the place of a directory. */
  @Test
  void nothingLeadsOutWhoeverPutsLinksIntoIt() throws IOException {
    for (int i = 0; i < 3; i++) {
      sandbox.createFile("t/layer/a/b/" + i, "data");
      sandbox.createFile("t/layer/a/" + i, "data");
    }
    Files.createLink(sandbox.path("t/layer/z"), sandbox.path("t/layer/a/b/0"));
    // Directories are entered again, since their files come in two goes.
    Path archive = sandbox.path("t/archive");
    Sandbox.run(
        "tar",
        "--format=posix",
        "-cf",
        archive.toString(),
        "-C",
        sandbox.path("t/layer").toString(),
        "--no-recursion",
        "a",
        "a/b",
        "a/b/0",
        "a/0",
        "a/b/1",
        "a/1",
        "a/b/2",
        "z",
        "a/2");
    byte[] bytes = Files.readAllBytes(archive);
    Path parent = sandbox.createDirectory("t/parent");
    Path outside = sandbox.createDirectory("t/outside/b");
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(outside);
    long done = Long.MAX_VALUE;
    int refused = 0;
    for (long at = 1; at < done; at++) {
      FaultyLayerStore store = new FaultyLayerStore(new NativeLayerStore());
      for (String directory : List.of("a", "a/b")) {
        store.setHook(new Swap(parent, directory, outside.getParent(), at));
        try {
          OciImport.to(parent.resolve("layer")).store(store).run(new ByteArrayInputStream(bytes));
        } catch (OverlayException e) {
          refused++;
        }
        try (Stream<Path> all = Files.walk(outside.getParent())) {
          assertEquals(2, all.count(), "before operation " + at);
        }
        assertEquals(rights, Files.getPosixFilePermissions(outside));
        try (LayerDirectory root = new NativeLayerStore().open(parent)) {
          for (String name : List.of("layer", "away")) {
            LayerEntries.removeTree(root, Name.of(name));
          }
        }
        try (Stream<Path> left = Files.list(parent)) {
          assertEquals(0, left.count(), "left by operation " + at);
        }
        store.assertAllClosed();
      }
      if (at > store.changeCount()) {
        done = at;
      }
    }
    assertTrue(refused > 10, "only " + refused + " imports met a link");
  }

  /** Moves a directory away, and makes a link in its place. */
  private static final class Swap implements FaultyLayerStore.OperationHook {
    private final Path parent;
    private final String directory;
    private final Path outside;
    private final long at;
    private long operations;
    private boolean done;

    Swap(Path parent, String directory, Path outside, long at) {
      this.parent = parent;
      this.directory = directory;
      this.outside = outside;
      this.at = at;
    }

    @Override
    public void beforeChange(FileOperation operation, String path) throws IOException {
      operations++;
      if (done || operations < at) {
        return;
      }
      try (Stream<Path> staging = Files.list(parent)) {
        for (Path root : staging.filter(each -> each.toString().contains(".overlays-")).toList()) {
          Path place = root.resolve(directory);
          if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(place, parent.resolve("away"));
            Files.createSymbolicLink(place, outside);
            done = true;
          }
        }
      }
    }
  }

  @Test
  void holesStay() throws IOException {
    Path layer = sandbox.createDirectory("t/layer");
    byte[] random = new byte[10_000];
    new Random(1).nextBytes(random);
    for (long size : new long[] {65_536, 65_537, 1 << 20, (1 << 20) + 1, 50 << 20}) {
      try (RandomAccessFile file = new RandomAccessFile(layer.resolve("f" + size).toFile(), "rw")) {
        file.setLength(size);
        if (size != 1 << 20) {
          file.seek(size / 2);
          file.write(random);
        }
      }
    }
    Files.write(layer.resolve("full"), new byte[0]);
    byte[] archive = export(layer, OciCompression.GZIP);
    Path imported = sandbox.path("t/imported");
    OciImport.to(imported)
        .limits(OciLimits.DEFAULTS.withRatio(2000))
        .run(new ByteArrayInputStream(archive));
    try (Stream<Path> files = Files.list(layer)) {
      for (Path file : files.toList()) {
        assertEquals(
            -1, Files.mismatch(file, imported.resolve(file.getFileName())), file.toString());
      }
    }
    DiskUse before = DiskUse.of(layer);
    DiskUse after = DiskUse.of(imported);
    assertEquals(before.apparent(), after.apparent());
    // Small files are written as they are, and the last hole of others ends with a block.
    assertTrue(after.allocated() < before.allocated() + 100_000, before + " became " + after);
  }

  @Test
  void nothingIsInheritedAndAclsTravel() throws IOException {
    Path layer = sandbox.createDirectory("t/layer");
    sandbox.createFile("t/layer/dir/file", "data");
    sandbox.createFile("t/layer/dir/with", "data");
    sandbox.createDirectory("t/layer/plain");
    Sandbox.run("setfacl", "-m", "u:1234:rwx", layer + "/dir/with");
    Sandbox.run("setfacl", "-d", "-m", "u:1234:rwx", layer + "/dir");
    Sandbox.run("chmod", "2750", layer + "/dir");
    byte[] archive = export(layer, OciCompression.ZSTD);
    Path parent = sandbox.createDirectory("t/parent");
    Sandbox.run("setfacl", "-d", "-m", "u:4321:rwx", parent.toString());
    Sandbox.run("chgrp", "4321", parent.toString());
    Sandbox.run("chmod", "g+s", parent.toString());
    Path imported = parent.resolve("imported");
    OciImport.to(imported).run(new ByteArrayInputStream(archive));
    String command = "cd \"$1\" && getfacl -nR . && find . -printf '%P %m %G %U\\n' | sort";
    assertEquals(
        Sandbox.run("sh", "-c", command, "sh", layer.toString()),
        Sandbox.run("sh", "-c", command, "sh", imported.toString()));
    assertArrayEquals(archive, export(imported, OciCompression.ZSTD));
  }
}
