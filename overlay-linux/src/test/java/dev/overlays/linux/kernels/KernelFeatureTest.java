package dev.overlays.linux.kernels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.overlays.Ephemeral;
import dev.overlays.IdMapping;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the README promises of the kernel backend, one test a feature: it works, or is refused
 * before anything is mounted, in words that say which kernel has it. A refusal is told as a skipped
 * test, with these words.
 */
class KernelFeatureTest {
  private static final Set<ProblemCode> REFUSALS =
      Set.of(ProblemCode.OPTION_UNSUPPORTED, ProblemCode.LOWER_NOT_IDMAPPABLE);

  private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/directory/file", "content");
    sandbox.createFile("lower/gone", "content");
  }

  @AfterEach
  void close() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private OverlaySpec.Builder spec() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.path("lower"))
        .upper(sandbox.createDirectory("upper"))
        .work(sandbox.createDirectory("work"))
        .mountPoint(sandbox.createDirectory("mnts"));
  }

  private static OverlayMount mount(OverlaySpec.Builder builder) throws IOException {
    OverlaySpec spec = builder.build();
    List<Problem> problems = Overlays.check(spec);
    if (!problems.isEmpty() && problems.stream().allMatch(p -> REFUSALS.contains(p.code()))) {
      Problem refusal = problems.get(0);
      abort("this kernel has it not: " + refusal.message() + " " + refusal.remedy());
    }
    try {
      return Overlays.mount(spec, "kernel");
    } catch (OverlayException e) {
      Problem refusal = e.problems().get(0);
      if (REFUSALS.contains(refusal.code())) {
        abort("this kernel has it not: " + refusal.message() + " " + refusal.remedy());
      }
      throw e;
    }
  }

  private OverlayMount mount(UnaryOperator<OverlayOptions> options) throws IOException {
    return mount(spec().options(options));
  }

  /** The view shows the lower, and what is written, deleted and renamed in it is in the upper. */
  private static void use(OverlayMount mount) throws IOException {
    Path root = mount.root();
    assertTrue(mount.isMounted());
    assertEquals("content", Files.readString(root.resolve("directory/file")));
    Files.writeString(root.resolve("directory/file"), "changed");
    Files.delete(root.resolve("gone"));
    Files.writeString(root.resolve("new"), "new");
    Files.move(root.resolve("new"), root.resolve("renamed"));
    assertEquals("changed", Files.readString(root.resolve("directory/file")));
    assertFalse(Files.exists(root.resolve("gone")));
    assertEquals("new", Files.readString(root.resolve("renamed")));
  }

  private static void useAndClose(OverlayMount mount) throws IOException {
    try (mount) {
      use(mount);
    }
    assertFalse(mount.isMounted());
  }

  @Test
  void mountPoint() throws IOException {
    useAndClose(mount(spec()));
    assertEquals("changed", Files.readString(sandbox.path("upper/directory/file")));
    assertEquals("content", Files.readString(sandbox.path("lower/directory/file")));
  }

  @Test
  void viewNoMountPoint() throws IOException {
    useAndClose(
        mount(
            OverlaySpec.builder()
                .lower(sandbox.path("lower"))
                .upper(sandbox.createDirectory("upper"))
                .work(sandbox.createDirectory("work"))));
    assertEquals("changed", Files.readString(sandbox.path("upper/directory/file")));
  }

  @Test
  void viewAttachedNowhere() throws IOException {
    useAndClose(mount(OverlaySpec.builder().lower(sandbox.path("lower")).ephemeral().unattached()));
  }

  @Test
  void ephemeralInMemory() throws IOException {
    useAndClose(mount(OverlaySpec.builder().lower(sandbox.path("lower")).ephemeral()));
  }

  @Test
  void ephemeralInADirectory() throws IOException {
    Path place = sandbox.createDirectory("place");
    useAndClose(
        mount(
            OverlaySpec.builder()
                .lower(sandbox.path("lower"))
                .mountPoint(sandbox.createDirectory("mnts"))
                .ephemeral(Ephemeral.in(place))));
    try (var left = Files.list(place)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void mountedAndFound() throws IOException {
    try (OverlayMount mount = mount(spec())) {
      OverlayMount found = Overlays.find(mount.root()).orElseThrow();
      assertEquals(mount.spec().lowers(), found.spec().lowers());
      assertEquals(mount.spec().upper(), found.spec().upper());
    }
  }

  @Test
  void holders() throws IOException {
    try (OverlayMount mount = mount(spec())) {
      assertEquals(List.of(), mount.holders());
      try (var file = Files.newInputStream(mount.root().resolve("directory/file"))) {
        assertEquals('c', file.read());
        String message = mount.holders().get(0).message();
        assertTrue(message.startsWith("Process " + ProcessHandle.current().pid()), message);
      }
    }
  }

  @Test
  void remount() throws IOException {
    try (OverlayMount mount = mount(spec())) {
      mount.remount(true);
      assertFalse(Files.isWritable(mount.root()));
      mount.remount(false);
      use(mount);
    }
  }

  @Test
  void diff() throws IOException {
    useAndClose(mount(spec()));
    try (var changes = OverlayDiff.of(spec().build()).changes()) {
      assertEquals(3, changes.count());
    }
  }

  @Test
  void merge() throws IOException {
    useAndClose(mount(spec()));
    OverlayMerge.of(spec().build()).run();
    assertEquals("changed", Files.readString(sandbox.path("lower/directory/file")));
    assertEquals("new", Files.readString(sandbox.path("lower/renamed")));
    assertFalse(Files.exists(sandbox.path("lower/gone")));
    try (var left = Files.list(sandbox.path("upper"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void privatePath() throws IOException {
    try (OverlayMount mount = mount(spec().privatePath("directory"))) {
      assertFalse(Files.exists(mount.root().resolve("directory/file")));
      assertTrue(Files.exists(mount.root().resolve("gone")));
    }
  }

  @Test
  void mountAttribute() throws IOException {
    try (OverlayMount mount =
        mount(spec().attributes(MountAttribute.NOSYMFOLLOW, MountAttribute.NOEXEC))) {
      Path link = mount.root().resolve("link");
      Files.createSymbolicLink(link, Path.of("gone"));
      assertFalse(Files.isReadable(link));
    }
  }

  @Test
  void propagation() throws IOException {
    useAndClose(mount(spec().propagation(Propagation.SHARED)));
  }

  @Test
  void userXattr() throws IOException {
    useAndClose(mount(o -> o.withUserXattr(true)));
  }

  @Test
  void redirectDir() throws IOException {
    try (OverlayMount mount = mount(o -> o.withRedirectDir(RedirectDir.ON))) {
      Files.move(mount.root().resolve("directory"), mount.root().resolve("moved"));
      assertEquals("content", Files.readString(mount.root().resolve("moved/file")));
    }
    assertFalse(Files.exists(sandbox.path("upper/moved/file")));
  }

  @Test
  void metacopy() throws IOException {
    OverlaySpec.Builder spec =
        spec().options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
    try (OverlayMount mount = mount(spec)) {
      Files.setPosixFilePermissions(
          mount.root().resolve("gone"), PosixFilePermissions.fromString("rw-------"));
      assertEquals("content", Files.readString(mount.root().resolve("gone")));
    }
    try (LayerDirectory upper = LayerStore.of(sandbox.root()).open(sandbox.path("upper"))) {
      assertTrue(
          upper.xattr(Name.of("gone"), Mark.METACOPY.xattr(MarkNamespace.TRUSTED)).isPresent());
    }
  }

  @Test
  void index() throws IOException {
    Files.createLink(sandbox.path("lower/other"), sandbox.path("lower/gone"));
    try (OverlayMount mount = mount(o -> o.withIndex(true))) {
      Files.writeString(mount.root().resolve("gone"), "changed");
      assertEquals("changed", Files.readString(mount.root().resolve("other")));
    }
  }

  @Test
  void nfsExport() throws IOException {
    useAndClose(mount(o -> o.withIndex(true).withNfsExport(true)));
  }

  @Test
  void dataLowers() throws IOException {
    sandbox.createFile("data/blobs/1", "the data");
    sandbox.createFile("lower/file", "no data!");
    try (LayerDirectory lower = LayerStore.of(sandbox.root()).open(sandbox.path("lower"))) {
      Name name = Name.of("file");
      lower.setXattr(name, Mark.METACOPY.xattr(MarkNamespace.TRUSTED), new byte[0]);
      byte[] blob = "/blobs/1".getBytes(UTF_8);
      lower.setXattr(name, Mark.REDIRECT.xattr(MarkNamespace.TRUSTED), blob);
    }
    OverlaySpec.Builder spec =
        spec()
            .dataLower(sandbox.path("data"))
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
    try (OverlayMount mount = mount(spec)) {
      assertEquals("the data", Files.readString(mount.root().resolve("file")));
    }
  }

  @Test
  void idMapped() throws IOException {
    OverlaySpec.Builder spec =
        spec().lowers(List.of()).lower(sandbox.path("lower"), IdMapping.of(0, 100_000, 65_536));
    try (OverlayMount mount = mount(spec)) {
      assertEquals(100_000, Files.getAttribute(mount.root().resolve("gone"), "unix:uid"));
    }
  }

  @Test
  void verity() throws IOException {
    useAndClose(
        mount(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true).withVerity(Verity.ON)));
  }

  @Test
  void xino() throws IOException {
    useAndClose(mount(o -> o.withXino(Xino.ON)));
  }

  @Test
  void uuid() throws IOException {
    // Older ones know uuid=on, which is what they do anyway, and do not tell it.
    KernelAbility.UUID_MODES.assumePresent();
    useAndClose(mount(o -> o.withUuid(UuidMode.ON)));
  }

  @Test
  void volatileUpper() throws IOException {
    useAndClose(mount(o -> o.withVolatileUpper(true)));
  }

  @Test
  void overrideCreds() throws IOException {
    useAndClose(mount(o -> o.withOverrideCreds(true)));
  }
}
