package dev.overlays.merge.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.fit.LayerFindings;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several workers find in a layer what one finds. */
class LayerExaminationTest {
  private static final MarkNamespace MARKS = MarkNamespace.USER;

  /** More directories in one than are kept waiting. */
  private static final int DIRECTORIES = 600;

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path layer = fileSystem.getPath("/layer");

  @BeforeEach
  void makeLayer() throws IOException {
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = Files.createDirectories(layer.resolve("d" + i));
      Files.writeString(directory.resolve("file"), "content");
    }
  }

  private LayerFindings examineBy(int workers) throws IOException {
    try (LayerDirectory root = store.open(layer)) {
      return LayerExamination.examineLayer(LayerFit.of(MARKS), root, workers);
    } finally {
      store.assertAllClosed();
    }
  }

  private void setXattr(String directory, String name, String xattr, String value)
      throws IOException {
    try (LayerDirectory open = store.open(layer.resolve(directory))) {
      open.setXattr(Name.of(name), xattr, value.getBytes(UTF_8));
    }
  }

  private LayerFindings assertSameForAll() throws IOException {
    LayerFindings one = examineBy(1);
    for (int workers = 2; workers < 5; workers++) {
      LayerFindings several = examineBy(workers);
      assertEquals(one.hasXattrs(), several.hasXattrs());
      assertEquals(one.hasMetacopies(), several.hasMetacopies());
      Set<Problem> problems = new HashSet<>(one.problems());
      assertEquals(problems, new HashSet<>(several.problems()));
      assertEquals(one.problems().size(), several.problems().size());
    }
    return one;
  }

  @Test
  void plainLayerHasNothingToFind() throws IOException {
    LayerFindings findings = assertSameForAll();
    assertFalse(findings.hasXattrs());
    assertFalse(findings.hasMetacopies());
    assertTrue(findings.problems().isEmpty());
  }

  @Test
  void oneAttributeOfAFileIsFound() throws IOException {
    setXattr("d599", "file", "user.any", "x");
    assertTrue(assertSameForAll().hasXattrs());
  }

  @Test
  void oneMetacopyFileIsFound() throws IOException {
    setXattr("d300", "file", Mark.METACOPY.xattr(MARKS), "");
    assertTrue(assertSameForAll().hasMetacopies());
  }

  @Test
  void problemsAreFound() throws IOException {
    for (int i = 0; i < 10; i++) {
      setXattr("d" + 50 * i, "file", Mark.METACOPY.xattr(MARKS), "x");
    }
    assertEquals(10, assertSameForAll().problems().size());
  }

  @Test
  void problemsAreLimited() throws IOException {
    for (int i = 0; i < DIRECTORIES; i++) {
      setXattr("d" + i, "file", Mark.METACOPY.xattr(MARKS), "x");
    }
    assertEquals(20, examineBy(1).problems().size());
    assertEquals(20, examineBy(3).problems().size());
  }
}
