package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A directory that becomes the target as a whole, or not at all. */
class StagedDirectoryTest {
  private static final Name TARGET = Name.of("target");

  private LayerInMemory layers;
  private LayerDirectory parent;

  @BeforeEach
  void openParent() throws IOException {
    layers = new LayerInMemory();
    parent = layers.store().open(layers.root());
  }

  @AfterEach
  void everythingIsClosed() throws IOException {
    parent.close();
    layers.store().assertAllClosed();
    layers.close();
  }

  private StagedDirectory createStaged() throws IOException {
    return StagedDirectory.createIn(parent, TARGET, new ArchiveRefusals(Path.of("target")));
  }

  private List<String> namesInParent() throws IOException {
    try (Stream<Path> entries = Files.list(layers.root())) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  /** Fills a directory with what an archive may unpack, also what its owner cannot enter. */
  private static void fill(LayerDirectory root) throws IOException {
    for (int i = 0; i < 30; i++) {
      root.createFile(Name.of("file" + i)).close();
    }
    root.createDirectory(Name.of("d"));
    try (LayerDirectory inner = root.open(Name.of("d"))) {
      inner.createFile(Name.of("in")).close();
      inner.createWhiteout(Name.of("gone"));
      inner.createSymlink(Name.of("link"), new byte[] {'/'});
      inner.createDirectory(Name.of("closed"));
      inner.setMode(Name.of("closed"), 0);
    }
    root.setMode(Name.of("d"), 0);
  }

  @Test
  void publishedDirectoryIsTheTargetWithAllItsContent() throws IOException {
    try (StagedDirectory staged = createStaged();
        LayerDirectory root = staged.openStaging()) {
      assertTrue(namesInParent().get(0).startsWith(".overlays-import-"));
      fill(root);
      staged.publishAsTarget(root);
    }
    assertEquals(List.of("target"), namesInParent());
    assertTrue(layers.isWhiteout("target/d/gone"));
    assertEquals(0, layers.runAt("target/d", LayerEntries::requireStat).mode());
  }

  /** Data first: after a crash a complete name must not have empty files. */
  @Test
  void everythingIsOnTheDiskBeforeItHasItsName() throws IOException {
    layers.store().faults().startRecording();
    try (StagedDirectory staged = createStaged();
        LayerDirectory root = staged.openStaging()) {
      staged.publishAsTarget(root);
    }
    List<FileOperation> changes =
        layers.store().faults().recordedOperations().stream()
            .map(each -> each.operation())
            .filter(FileOperation::isChange)
            .toList();
    assertEquals(
        List.of(FileOperation.CREATE_DIRECTORY, FileOperation.SYNC, FileOperation.RENAME), changes);
  }

  @Test
  void unpublishedDirectoryIsRemovedWithAllItsContent() throws IOException {
    try (StagedDirectory staged = createStaged();
        LayerDirectory root = staged.openStaging()) {
      fill(root);
    }
    assertEquals(List.of(), namesInParent());
  }

  @Test
  void existingTargetIsRefusedBeforeAnythingIsMade() throws IOException {
    for (boolean file : new boolean[] {true, false}) {
      Path there = layers.root().resolve("target");
      if (file) {
        Files.createFile(there);
      } else {
        Files.createSymbolicLink(there, layers.root().resolve("nowhere"));
      }
      long changes = layers.store().changeCount();
      OverlayException e = assertThrows(OverlayException.class, this::createStaged);
      assertTrue(e.has(ProblemCode.ARCHIVE_TARGET_EXISTS), e::toString);
      assertEquals(changes, layers.store().changeCount());
      Files.delete(there);
    }
  }

  /** A rename would replace an empty directory or a file. */
  @Test
  void targetThatAppearsMeanwhileStays() throws IOException {
    try (StagedDirectory staged = createStaged();
        LayerDirectory root = staged.openStaging()) {
      Files.createDirectory(layers.root().resolve("target"));
      OverlayException e = assertThrows(OverlayException.class, () -> staged.publishAsTarget(root));
      assertTrue(e.has(ProblemCode.ARCHIVE_TARGET_EXISTS), e::toString);
    }
    assertEquals(List.of("target"), namesInParent());
    assertEquals(List.of(), layers.runAt("target", StagedDirectoryTest::entriesOf));
  }

  private static List<String> entriesOf(LayerDirectory directory, Name name) throws IOException {
    try (LayerDirectory inner = directory.open(name)) {
      return inner.entries().next() == null ? List.of() : List.of("something");
    }
  }

  /** The failing operation may be any of the publication, and the directory goes all the same. */
  @Test
  void failedPublicationLeavesNothing() throws IOException {
    for (int number = 1; number <= 2; number++) {
      StagedDirectory staged = createStaged();
      try (staged;
          LayerDirectory root = staged.openStaging()) {
        fill(root);
        layers.store().failAt(layers.store().changeCount() + number);
        assertThrows(IOException.class, () -> staged.publishAsTarget(root));
      }
      assertEquals(List.of(), namesInParent(), "change " + number);
    }
  }

  @Test
  void twoImportsOfOneTargetDoNotShareADirectory() throws IOException {
    try (StagedDirectory one = createStaged();
        StagedDirectory two = createStaged();
        LayerDirectory first = one.openStaging();
        LayerDirectory second = two.openStaging()) {
      fill(first);
      assertTrue(second.stat(Name.of("d")).isEmpty());
      one.publishAsTarget(first);
      assertThrows(OverlayException.class, () -> two.publishAsTarget(second));
    }
    assertEquals(List.of("target"), namesInParent());
    assertTrue(layers.exists("target/d/in"));
  }
}
