package dev.overlays.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The mount of a file agrees with the mount table, with statx(2) and without. */
class FileIdTest {
  @AutoClose private Sandbox sandbox;
  private Path disk;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountTmpfs("disk");
  }

  private static FileId id(Path path) throws IOException {
    return FileId.withTableId(PathBytes.of(path));
  }

  private static long tableId(Path mountPoint) throws IOException {
    List<MountRecord> records = MountTable.ofThisProcess();
    return records.stream()
        .filter(record -> record.mountPoint().equals(mountPoint))
        .reduce((below, above) -> above)
        .orElseThrow()
        .id();
  }

  private void assertTellsMounts() throws IOException {
    sandbox.createFile("disk/directory/file", "");
    Path link = Files.createSymbolicLink(sandbox.path("link"), disk);
    Path bound = sandbox.mountAt("disk/bound", "--bind", disk.resolve("directory").toString());
    for (Path mounted : List.of(disk, bound, link)) {
      assertEquals(tableId(mounted.toRealPath()), id(mounted).mountId());
      assertTrue(id(mounted).mountRoot(), mounted::toString);
    }
    for (Path inside : List.of(disk.resolve("directory"), disk.resolve("directory/file"))) {
      assertEquals(tableId(disk), id(inside).mountId());
      assertFalse(id(inside).mountRoot(), inside::toString);
    }
    assertTrue(id(disk.resolve("directory")).isSameFile(id(bound)));
    assertNotEquals(id(disk.resolve("directory")).mountId(), id(bound).mountId());
    assertTrue(id(Path.of("/")).mountRoot());
    assertTrue(FileId.of(PathBytes.of(disk)).isMountedAt(PathBytes.of(disk)));
    assertFalse(FileId.of(PathBytes.of(disk)).isMountedAt(PathBytes.of(bound)));
    FileId mounted = FileId.of(PathBytes.of(disk));
    assertEquals(disk, MountTable.findMount(mounted).orElseThrow().mountPoint());
  }

  @Test
  void mountsAreIdentifiedByStatx() throws IOException {
    assertTellsMounts();
  }

  @Test
  void mountsAreFoundWhereStatxTellsNone() throws IOException {
    OlderStatx.begin();
    try {
      assertTellsMounts();
      assertFalse(FileId.of(PathBytes.of(disk)).uniqueMountId());
    } finally {
      OlderStatx.end();
    }
  }
}
