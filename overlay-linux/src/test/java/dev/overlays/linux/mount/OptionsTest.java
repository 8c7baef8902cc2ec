package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The options do what they say, and the mount table has them. */
class OptionsTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
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
        o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true).withVerity(Verity.REQUIRE),
        o -> o.withUuid(UuidMode.NULL),
        o -> o.withUuid(UuidMode.OFF),
        o -> o.withUserXattr(true),
        o -> o.withVolatileUpper(true));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void areInForceAndDecoded(UnaryOperator<OverlayOptions> change) throws IOException {
    OverlaySpec spec = sandbox.layers().options(change).build();
    assumeKnown(spec.options());
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(spec, Overlays.find(mount.root()).orElseThrow().spec());
    }
  }

  private static void assumeKnown(OverlayOptions options) {
    if (options.userXattr()) {
      KernelAbility.USER_MARKS.assume();
    }
    if (options.verity() != Verity.OFF) {
      KernelAbility.VERITY.assume();
    }
    switch (options.uuid()) {
      case ON, NULL -> KernelAbility.UUID_MODES.assume();
      case OFF -> KernelAbility.UUID_OFF.assume();
      case AUTO -> {}
    }
  }

  @Test
  void redirectsAreWrittenOnlyWhenAskedFor() throws IOException {
    sandbox.file("lower/directory/file", "content");
    try (OverlayMount mount = Overlays.mount(sandbox.layers().build())) {
      Path from = mount.root().resolve("directory");
      Path to = mount.root().resolve("renamed");
      IOException e = assertThrows(IOException.class, () -> rename(from, to));
      assertTrue(e.getMessage().contains("cross-device"), e::getMessage);
    }
    OverlaySpec spec = sandbox.layers().options(o -> o.withRedirectDir(RedirectDir.ON)).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      rename(mount.root().resolve("directory"), mount.root().resolve("renamed"));
      assertEquals("content", Files.readString(mount.root().resolve("renamed/file")));
    }
    assertFalse(Files.exists(sandbox.path("upper/renamed/file")));
  }

  /** By rename(2) itself: both Java and mv(1) copy where that says EXDEV. */
  private static void rename(Path from, Path to) throws IOException {
    Sandbox.run("perl", "-e", "rename($ARGV[0], $ARGV[1]) or die $!", from + "", to + "");
  }

  @Test
  void userXattrKeepsMarksWhereOrdinaryUsersMay() throws IOException {
    KernelAbility.USER_MARKS.assume();
    sandbox.file("lower/directory/file", "content");
    OverlaySpec spec = sandbox.layers().options(o -> o.withUserXattr(true)).build();
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
