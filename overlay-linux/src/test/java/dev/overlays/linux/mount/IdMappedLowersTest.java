package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.IdMapping;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lowers whose files have other owners in the view. */
class IdMappedLowersTest {
  private static final IdMapping MAPPING = IdMapping.of(0, 100_000, 65_536);

  private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    KernelAbility.ID_MAPPED_LOWERS.assumePresent();
    sandbox.createFile("lower/file", "content");
    sandbox.createFile("second/other", "content");
    Sandbox.run("chown", "1000:1001", sandbox.path("second/other").toString());
  }

  @AfterEach
  void closeSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private OverlaySpec.Builder spec() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.path("lower"), MAPPING)
        .upper(sandbox.createDirectory("upper"))
        .work(sandbox.createDirectory("work"))
        .mountPoint(sandbox.createDirectory("mnts"));
  }

  private static List<Integer> ownersOf(Path file) throws IOException {
    return List.of(
        (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS),
        (Integer) Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void viewShowsMappedOwners() throws IOException {
    IdMapping second =
        new IdMapping(
            List.of(new IdMapping.Range(1000, 7, 1), new IdMapping.Range(0, 20, 10)),
            List.of(new IdMapping.Range(1001, 8, 1)));
    OverlaySpec spec = spec().lower(sandbox.path("second"), second).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      Path file = mount.root().resolve("file");
      assertEquals(List.of(100_000, 100_000), ownersOf(file));
      assertEquals(List.of(7, 8), ownersOf(mount.root().resolve("other")));
      Files.writeString(file, "changed");
      assertEquals(List.of(100_000, 100_000), ownersOf(file), "after the copy-up");
      assertEquals(List.of(100_000, 100_000), ownersOf(sandbox.path("upper/file")));
    }
    assertEquals(List.of(0, 0), ownersOf(sandbox.path("lower/file")));
    assertEquals("content", Files.readString(sandbox.path("lower/file")));
  }

  /** Readers of the mount table, such as a merge, see which directories are in use. */
  @Test
  void mountTableNamesTheMappedLowers() throws IOException {
    OverlaySpec elsewhere =
        OverlaySpec.builder()
            .lower(sandbox.path("second"))
            .upper(sandbox.createDirectory("upper2"))
            .work(sandbox.createDirectory("work2"))
            .build();
    OverlaySpec spec = spec().build();
    OverlayMerge merge = OverlayMerge.of(spec);
    try (OverlayMount mount = Overlays.mount(spec)) {
      OverlayMount found = Overlays.find(mount.root()).orElseThrow();
      assertEquals(spec.lowers(), found.spec().lowers());
      OverlayException e = assertThrows(OverlayException.class, merge::run);
      assertEquals(ProblemCode.LAYER_IN_USE, e.problems().get(0).code());
      OverlayMerge.of(elsewhere).run();
    }
  }

  @Test
  void mapsOwnersInAnEphemeralView() throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"), MAPPING)
            .ephemeral(Ephemeral.inMemory())
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(List.of(100_000, 100_000), ownersOf(mount.root().resolve("file")));
      Files.writeString(mount.root().resolve("file"), "changed");
    }
  }

  /** The temporary namespaces and their processes are gone. */
  @Test
  void leavesNoProcessAndNoMount() throws IOException {
    // Makes this JVM's own directory, which stays as long as the JVM does.
    Overlays.mount(OverlaySpec.builder().lower(sandbox.path("lower"), MAPPING).ephemeral().build())
        .close();
    List<ProcessHandle> children = ProcessHandle.current().children().toList();
    String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
    try (OverlayMount mount = Overlays.mount(spec().build())) {
      assertTrue(mount.isMounted());
      assertEquals(children, ProcessHandle.current().children().toList());
    }
    assertEquals(mounts, Files.readString(Path.of("/proc/self/mountinfo")));
  }

  @Test
  void refusesALowerThatCannotBeMapped() throws IOException {
    OverlaySpec below =
        OverlaySpec.builder()
            .lower(sandbox.path("second"))
            .ephemeral()
            .mountPoint(sandbox.createDirectory("below"))
            .build();
    try (OverlayMount overlay = Overlays.mount(below)) {
      OverlaySpec spec =
          OverlaySpec.builder()
              .lower(overlay.root(), MAPPING)
              .upper(sandbox.createDirectory("upper"))
              .work(sandbox.createDirectory("work"))
              .mountPoint(sandbox.createDirectory("mnts"))
              .build();
      OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
      assertEquals(ProblemCode.LOWER_NOT_IDMAPPABLE, e.problems().get(0).code(), e::toString);
      assertEquals(ProblemCode.LOWER_NOT_IDMAPPABLE, Overlays.check(spec).get(0).code());
    }
  }
}
