package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lowers on file systems that store less than the upper's. */
class PoorFileSystemTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  /** Such as were made long ago: inodes of 128 bytes, whole seconds until 2038. */
  private Path oldDisk() throws IOException {
    Path image = sandbox.path("old.img");
    Sandbox.run("truncate", "-s", "64M", image.toString());
    Sandbox.run("mkfs.ext4", "-q", "-I", "128", image.toString());
    return sandbox.mountAt("old", "-o", "loop", image.toString());
  }

  private OverlaySpec spec(Path lower) throws IOException {
    return OverlaySpec.builder()
        .lower(Files.createDirectories(lower))
        .upper(sandbox.createDirectory("new/upper"))
        .work(sandbox.createDirectory("new/work"))
        .build();
  }

  /** Both a dry run and a run refuse for the same reasons, and change nothing. */
  private static List<Problem> refused(OverlaySpec spec) throws IOException {
    DirectoryContent lower = new DirectoryContent(spec.lowers().get(0));
    DirectoryContent upper = new DirectoryContent(spec.upper().orElseThrow());
    String before = lower.describeEverything() + upper.describeEverything();
    OverlayException dry = assertThrows(OverlayException.class, OverlayMerge.of(spec)::dryRun);
    OverlayException run = assertThrows(OverlayException.class, OverlayMerge.of(spec)::run);
    assertEquals(dry.problems(), run.problems());
    assertEquals(before, lower.describeEverything() + upper.describeEverything());
    return run.problems();
  }

  @Test
  void timesThatWouldBeCutAreRefusedBeforeAnythingIsChanged() throws IOException {
    sandbox.mountImage("new", "xfs", 320);
    OverlaySpec spec = spec(oldDisk().resolve("l"));
    FormatWorkload.runShell(
        """
        cd "$1"; mkdir d; echo z > d/z
        touch -d '1990-01-01 00:00:00.123456789' d/z
        touch -d '2001-01-01 00:00:00' d .
        """,
        spec.upper().orElseThrow());
    List<Problem> problems = refused(spec);
    assertEquals(ProblemCode.MERGE_LOWER_CANNOT_KEEP, problems.get(0).code(), problems::toString);
    assertEquals(spec.upper().orElseThrow().resolve("d/z"), problems.get(0).path().orElseThrow());
    assertTrue(problems.get(0).message().contains(".123456789"), problems::toString);

    FormatWorkload.runShell(
        "cd \"$1\"; touch -d '2060-01-01' d/z; touch -d 2001-01-01 d", upper(spec));
    assertTrue(refused(spec).get(0).message().contains("2060"), "after 2038");

    FormatWorkload.runShell(
        "cd \"$1\"; touch -d '2030-01-01' d/z; touch -d 2001-01-01 d .", upper(spec));
    OverlayMerge.of(spec).run();
    assertEquals(
        "2030-01-01", Sandbox.run("date", "-ur", spec.lowers().get(0) + "/d/z", "+%F").strip());
  }

  /** Linux cuts them without an error, so the report has to say it. */
  @Test
  void timesThatAnImportCannotStoreAreCounted() throws IOException {
    Path layer = sandbox.createDirectory("layer");
    FormatWorkload.runShell(
        """
        cd "$1"; touch -d '1990-01-01 00:00:00.5' half; touch -d '1990-01-01' whole
        touch -d '2060-01-01' late; touch -d '1990-01-01' .
        """,
        layer);
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    OciLayer.of(layer, MarkNamespace.TRUSTED).compression(OciCompression.NONE).writeTo(archive);
    Path old = oldDisk();
    List<Long> cut = new ArrayList<>();
    for (Path target : List.of(old.resolve("imported"), sandbox.path("imported"))) {
      cut.add(OciImport.to(target).run(new ByteArrayInputStream(archive.toByteArray())).timesCut());
    }
    assertEquals(List.of(2L, 0L), cut);
  }

  private static Path upper(OverlaySpec spec) {
    return spec.upper().orElseThrow();
  }

  @Test
  void attributesThatDoNotFitAreRefusedBeforeAnythingIsChanged() throws IOException {
    sandbox.mountImage("new", "xfs", 320);
    OverlaySpec spec = spec(sandbox.mountImage("small", "ext4", 64).resolve("l"));
    FormatWorkload.runShell(
        """
        cd "$1"; echo a > a; echo f > f; echo g > g
        setfattr -n user.small -v x g
        setfattr -n user.big -v "$(head -c 20000 /dev/zero | tr '\\0' x)" f
        """,
        upper(spec));
    List<Problem> problems = refused(spec);
    assertEquals(ProblemCode.MERGE_LOWER_CANNOT_KEEP, problems.get(0).code(), problems::toString);
    assertEquals(upper(spec).resolve("f"), problems.get(0).path().orElseThrow());
    assertTrue(problems.get(0).message().contains("user.big of 20000 bytes"), problems::toString);
    OverlayMerge.of(spec).exclude("f").run();
    assertEquals("g\n", Files.readString(spec.lowers().get(0).resolve("g")));
  }

  /** What is one file system keeps what it has kept so far. */
  @Test
  void onTheSamePoorFileSystemNothingIsRefused() throws IOException {
    Path old = oldDisk();
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(Files.createDirectory(old.resolve("lower")))
            .upper(Files.createDirectory(old.resolve("upper")))
            .work(Files.createDirectory(old.resolve("work")))
            .build();
    Files.writeString(upper(spec).resolve("f"), "f");
    OverlayMerge.of(spec).run();
    assertEquals("f", Files.readString(old.resolve("lower/f")));
  }

  @Test
  void anUpperIsNotKeptWhereItsTimesWouldBeCut() throws IOException {
    sandbox.createFile("lower/f", "f");
    Path old = oldDisk();
    OverlaySpec spec =
        OverlaySpec.builder().lower(sandbox.path("lower")).ephemeral(Ephemeral.inMemory()).build();
    try (OverlayMount view = Overlays.mount(spec)) {
      Files.writeString(view.root().resolve("g"), "g");
      Sandbox.run("touch", "-d", "2001-01-01 00:00:00.5", view.root().resolve("g").toString());
      OverlayException e =
          assertThrows(OverlayException.class, () -> view.keepTo(old.resolve("kept")));
      assertEquals(ProblemCode.NOT_KEPT, e.problems().get(0).code(), e::toString);
      assertTrue(e.getMessage().contains("2001-01-01T00:00:00.500"), e.getMessage());
      assertEquals(List.of("lost+found"), List.of(old.toFile().list()));
    }
  }

  @Test
  void anAttributeThatDoesNotFitIsNotAFullDisk() throws IOException {
    sandbox.mountImage("disk", "ext4", 64);
    sandbox.createFile("disk/f", "f");
    try (LayerDirectory directory = new NativeLayerStore().open(sandbox.path("disk"))) {
      FileSystemException e =
          assertThrows(
              FileSystemException.class,
              () -> directory.setXattr(Name.of("f"), "user.big", new byte[20_000]));
      assertEquals(
          "the attribute user.big of 20000 bytes does not fit into the inode", e.getReason());
    }
  }
}
