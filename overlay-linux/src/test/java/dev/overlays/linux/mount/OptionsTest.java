package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options do what they say, and the mount table has them. */
class OptionsTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  static Stream<UnaryOperator<OverlayOptions>> changes() {
    return Stream.of(
        o -> o,
        o -> o.withIndex(true),
        o -> o.withIndex(true).withNfsExport(true),
        o -> o.withRedirectDir(RedirectDir.ON),
        o -> o.withRedirectDir(RedirectDir.FOLLOW),
        o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true),
        o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true).withVerity(Verity.ON),
        o -> o.withUuid(UuidMode.NULL),
        o -> o.withUuid(UuidMode.OFF),
        o -> o.withUserXattr(true),
        o -> o.withVolatileUpper(true));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void optionsAreInForceAndDecoded(UnaryOperator<OverlayOptions> change) throws IOException {
    OverlaySpec spec = sandbox.newLayers().options(change).build();
    assumeKnown(spec.options());
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(spec, Overlays.find(mount.root()).orElseThrow().spec());
    }
  }

  private static void assumeKnown(OverlayOptions options) {
    if (options.userXattr()) {
      KernelAbility.USER_MARKS.assumePresent();
    }
    if (options.verity() != Verity.OFF) {
      KernelAbility.VERITY.assumePresent();
    }
    switch (options.uuid()) {
      case ON, NULL -> KernelAbility.UUID_MODES.assumePresent();
      case OFF -> KernelAbility.UUID_OFF.assumePresent();
      case AUTO -> {}
    }
  }

  /** The kernel would mount this, and every read would fail. */
  @ParameterizedTest
  @ValueSource(strings = {"", "-O verity"})
  void verityIsRequiredOnlyOfDataThatCanHaveIt(String feature) throws IOException {
    KernelAbility.VERITY.assumePresent();
    Path image = sandbox.path("disk.img");
    Sandbox.run("truncate", "-s", "16M", image.toString());
    Sandbox.run("sh", "-c", "mkfs.ext4 -q -b 4096 " + feature + " \"$0\"", image.toString());
    boolean able = !feature.isEmpty() && Files.exists(Path.of("/sys/fs/ext4/features/verity"));
    // Without its support this kernel mounts such a disk read-only.
    Path disk = sandbox.mountAt("disk", "-o", "loop,ro", image.toString());
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("lower"))
            .dataLower(disk)
            .mountPoint(sandbox.createDirectory("mnts"))
            .options(
                o ->
                    o.withRedirectDir(RedirectDir.ON).withMetacopy(true).withVerity(Verity.REQUIRE))
            .build();
    if (able) {
      Overlays.mount(spec).close();
      return;
    }
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    Problem problem = e.problems().get(0);
    assertEquals(ProblemCode.OPTION_UNSUPPORTED, problem.code(), e::toString);
    assertEquals(Optional.of(disk), problem.path());
    assertEquals(List.of(problem), Overlays.check(spec));
  }

  /** As an unprivileged composefs mount has it; older kernels say what they need. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dataOnlyLowersWithoutMetacopyAreForTheKernelToTake(boolean userXattr) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("lower"))
            .dataLower(sandbox.createDirectory("data"))
            .mountPoint(sandbox.createDirectory("mnts"))
            .options(o -> o.withUserXattr(userXattr))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(
          spec.dataLowers(), Overlays.find(mount.root()).orElseThrow().spec().dataLowers());
    } catch (OverlayException e) {
      assertEquals(ProblemCode.OPTION_UNSUPPORTED, e.problems().get(0).code(), e::toString);
      assertTrue(e.toString().contains("data-only"), e::toString);
    }
  }

  /** Any overlay of the kernel is found with its real options. */
  @Test
  void aVerifiedViewWithoutMetacopyIsFound() throws IOException {
    Path mnts = sandbox.createDirectory("mnts");
    String options =
        "lowerdir="
            + sandbox.createDirectory("lower")
            + "::"
            + sandbox.createDirectory("data")
            + ",verity=on";
    try {
      Sandbox.run("mount", "-t", "overlay", "overlay", "-o", options, mnts.toString());
    } catch (IOException e) {
      assertTrue(
          Sandbox.run("uname", "-r").matches("(?s)(5|6\\.[0-9]\\b|6\\.1[0-5]).*"), e::toString);
      return;
    }
    try (OverlayMount found = Overlays.find(mnts).orElseThrow()) {
      assertEquals(Verity.ON, found.spec().options().verity());
    }
  }

  @Test
  void redirectsAreWrittenOnlyWhenAskedFor() throws IOException {
    sandbox.createFile("lower/directory/file", "content");
    try (OverlayMount mount = Overlays.mount(sandbox.newLayers().build())) {
      Path from = mount.root().resolve("directory");
      Path to = mount.root().resolve("renamed");
      IOException e = assertThrows(IOException.class, () -> rename(from, to));
      assertTrue(e.getMessage().contains("cross-device"), e::getMessage);
    }
    OverlaySpec spec = sandbox.newLayers().options(o -> o.withRedirectDir(RedirectDir.ON)).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      rename(mount.root().resolve("directory"), mount.root().resolve("renamed"));
      assertEquals("content", Files.readString(mount.root().resolve("renamed/file")));
    }
    assertFalse(Files.exists(sandbox.path("upper/renamed/file")));
  }

  /** Calls rename(2) directly, since Java and mv(1) copy on EXDEV. */
  private static void rename(Path from, Path to) throws IOException {
    Sandbox.run("perl", "-e", "rename($ARGV[0], $ARGV[1]) or die $!", from + "", to + "");
  }

  @Test
  void userXattrKeepsMarksWhereOrdinaryUsersMay() throws IOException {
    KernelAbility.USER_MARKS.assumePresent();
    sandbox.createFile("lower/directory/file", "content");
    OverlaySpec spec = sandbox.newLayers().options(o -> o.withUserXattr(true)).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      Sandbox.run("rm", "-r", mount.root().resolve("directory").toString());
      Files.createDirectory(mount.root().resolve("directory"));
    }
    String attributes =
        Sandbox.run(
            "getfattr",
            "-d",
            "-m",
            "-",
            "--absolute-names",
            sandbox.path("upper/directory").toString());
    assertTrue(attributes.contains("user.overlay.opaque"), attributes);
    assertFalse(attributes.contains("trusted."), attributes);
  }
}
