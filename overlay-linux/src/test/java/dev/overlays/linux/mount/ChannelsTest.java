package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.context.LayerPassing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The layer channels of older kernels, which this kernel still accepts. */
class ChannelsTest {
  private static final String LONG = "a-name-of-forty-characters-is-used-here-";

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  static Stream<Arguments> channelsAndNames() {
    return Stream.of(LayerPassing.values())
        .flatMap(
            channel ->
                Stream.of(
                        "a,b", "a:b", "a\\b", "a\\\\:,b\\", "a b\tc", "a\nb", "'\"", "\u00fc\u65e5")
                    .map(name -> Arguments.of(channel, name)));
  }

  private static void mountBy(LayerPassing channel, OverlaySpec spec) throws IOException {
    switch (channel) {
      case DESCRIPTORS -> KernelAbility.LAYERS_BY_DESCRIPTOR.assumePresent();
      case NAMES -> KernelAbility.LAYERS_BY_NAME.assumePresent();
      case LIST -> KernelAbility.LAYERS_IN_A_LIST.assumePresent();
      case DATA -> {}
    }
    try (LayerHandles handles = LayerHandles.open(spec)) {
      ContextMount context = new ContextMount(channel, spec, handles);
      assertEquals(channel != LayerPassing.DATA, context.fitsChannel());
      if (channel == LayerPassing.DATA) {
        new DataMount(spec, handles).mountOverlay();
      } else {
        context.mountAttached();
      }
    }
  }

  private OverlaySpec spec(String name) throws IOException {
    sandbox.createFile(name + "l/file", "top");
    sandbox.createFile(name + "s/below", "bottom");
    return OverlaySpec.builder()
        .lower(sandbox.path(name + "l"))
        .lower(sandbox.path(name + "s"))
        .upper(sandbox.createDirectory(name + "u"))
        .work(sandbox.createDirectory(name + "w"))
        .mountPoint(sandbox.createDirectory(name + "m"))
        .options(Sandbox::withKernelUuid)
        .build();
  }

  @ParameterizedTest
  @MethodSource("channelsAndNames")
  void everyChannelTakesAnyName(LayerPassing channel, String name) throws IOException {
    OverlaySpec spec = spec(name);
    mountBy(channel, spec);
    try (OverlayMount mount = Overlays.find(spec.mountPoint().orElseThrow()).orElseThrow()) {
      assertEquals(spec, mount.spec());
      assertEquals("top", Files.readString(mount.root().resolve("file")));
      assertEquals("bottom", Files.readString(mount.root().resolve("below")));
      Files.writeString(mount.root().resolve("new"), "new");
    }
    assertEquals("new", Files.readString(spec.upper().orElseThrow().resolve("new")));
  }

  @ParameterizedTest
  @EnumSource
  void everyChannelSetsEveryAttribute(LayerPassing channel) throws IOException {
    OverlaySpec spec = spec("x").toBuilder().attributes(MountAttribute.values()).build();
    mountBy(channel, spec);
    try (OverlayMount mount = Overlays.find(spec.mountPoint().orElseThrow()).orElseThrow()) {
      assertEquals(spec, mount.spec());
    }
  }

  @Test
  void stringChannelsRefuseNamesThatAreTooLong() throws IOException {
    OverlaySpec spec = spec((LONG + "/").repeat(7));
    try (LayerHandles handles = LayerHandles.open(spec)) {
      assertFalse(new ContextMount(LayerPassing.NAMES, spec, handles).fitsChannel());
      assertFalse(new ContextMount(LayerPassing.LIST, spec, handles).fitsChannel());
      assertTrue(new ContextMount(LayerPassing.DESCRIPTORS, spec, handles).fitsChannel());
      new DataMount(spec, handles).mountOverlay();
    }
    try (OverlayMount mount = Overlays.find(spec.mountPoint().orElseThrow()).orElseThrow()) {
      assertEquals(spec, mount.spec());
    }
  }

  /** mount(2) cuts data longer than a page off, and mounts the rest. */
  @Test
  void dataIsRefusedBeyondAPage() throws IOException {
    Path parent = sandbox.createDirectory((LONG + "/").repeat(5));
    for (int i = 0; i < 20; i++) {
      sandbox.createDirectory((LONG + "/").repeat(5) + i);
    }
    OverlaySpec spec =
        sandbox
            .newLayers()
            .lowers(IntStream.range(0, 20).mapToObj(i -> parent.resolve("" + i)).toList())
            .build();
    try (LayerHandles handles = LayerHandles.open(spec)) {
      DataMount data = new DataMount(spec, handles);
      OverlayException e = assertThrows(OverlayException.class, data::mountOverlay);
      assertTrue(e.has(ProblemCode.LAYERS_TOO_LONG), e::toString);
    }
  }
}
