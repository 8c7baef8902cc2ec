package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Run by {@link ArchiveUserTest} in a JVM of that user. */
class ArchivesOfAUser {
  private final Path place = Path.of(System.getProperty("overlays.place"));
  private Path target;
  private Set<String> before;

  @BeforeEach
  void look(TestInfo test) throws IOException {
    target = place.resolve("new layer \u00fc " + test.getDisplayName());
    before = names();
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> names = Files.list(place)) {
      return names
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("jna") && !name.startsWith("hsperf"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private OciImportReport run(OciImport into) throws IOException {
    try (InputStream in = Files.newInputStream(place.resolve("archive"))) {
      return into.run(in);
    }
  }

  @Test
  void cannotGiveAwayFilesAndLeavesNothing() throws IOException {
    OverlayException e =
        assertThrows(
            OverlayException.class, () -> run(OciImport.to(target).marks(MarkNamespace.USER)));
    assertTrue(e.has(ProblemCode.ARCHIVE_NOT_UNPACKED), e.toString());
    assertTrue(e.getMessage().contains("squashOwners()"), e.toString());
    assertEquals(before, names());
  }

  @Test
  void cannotSetMarksOfRootAndLeavesNothing() throws IOException {
    OverlayException e =
        assertThrows(OverlayException.class, () -> run(OciImport.to(target).squashOwners()));
    assertTrue(e.has(ProblemCode.ARCHIVE_NOT_UNPACKED), e.toString());
    assertEquals(before, names());
  }

  @Test
  void makesALayerOfItsOwn() throws IOException {
    run(OciImport.to(target).marks(MarkNamespace.USER).squashOwners());
    assertEquals("r-x------", mode(""));
    assertEquals("---------", mode("a closed"));
    Files.setPosixFilePermissions(
        target.resolve("a closed"), PosixFilePermissions.fromString("rwx------"));
    assertEquals("---------", mode("a closed/inner"));
    assertEquals("data", Files.readString(target.resolve("z foreign")));
    try (LayerDirectory layer = LayerStore.of(target).open(target);
        LayerDirectory readOnly = layer.open(Name.of("b read-only"))) {
      assertTrue(LayerEntries.isOpaque(layer, Name.of("a closed"), MarkNamespace.USER));
      assertTrue(LayerEntries.requireStat(readOnly, Name.of("gone")).isWhiteoutDevice());
    }
  }

  private String mode(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve(path)));
  }
}
