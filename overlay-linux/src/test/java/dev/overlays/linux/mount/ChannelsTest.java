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
import dev.overlays.linux.context.LayerChannel;
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

/** The ways of older kernels, which this one takes as well. */
class ChannelsTest {
  private static final String LONG = "a-name-of-forty-characters-is-used-here-";

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  static Stream<Arguments> channelsAndNames() {
    return Stream.of(LayerChannel.values())
        .flatMap(
            channel ->
                Stream.of(
                        "a,b", "a:b", "a\\b", "a\\\\:,b\\", "a b\tc", "a\nb", "'\"", "\u00fc\u65e5")
                    .map(name -> Arguments.of(channel, name)));
  }

  private static void mount(LayerChannel channel, OverlaySpec spec) throws IOException {
    switch (channel) {
      case DESCRIPTORS -> KernelAbility.LAYERS_BY_DESCRIPTOR.assume();
      case NAMES -> KernelAbility.LAYERS_BY_NAME.assume();
      case LIST -> KernelAbility.LAYERS_IN_A_LIST.assume();
      case DATA -> {}
    }
    try (LayerHandles handles = LayerHandles.open(spec)) {
      ContextMount context = new ContextMount(channel, spec, handles);
      assertEquals(channel != LayerChannel.DATA, context.fitsKernel());
      if (channel == LayerChannel.DATA) {
        new DataMount(spec, handles).mountOverlay();
      } else {
        context.mountAttached();
      }
    }
  }

  private OverlaySpec spec(String name) throws IOException {
    sandbox.file(name + "l/file", "top");
    sandbox.file(name + "s/below", "bottom");
    return OverlaySpec.builder()
        .lower(sandbox.path(name + "l"))
        .lower(sandbox.path(name + "s"))
        .upper(sandbox.directory(name + "u"))
        .work(sandbox.directory(name + "w"))
        .mountPoint(sandbox.directory(name + "m"))
        .options(Sandbox::uuid)
        .build();
  }

  @ParameterizedTest
  @MethodSource("channelsAndNames")
  void eachTakesAnyName(LayerChannel channel, String name) throws IOException {
    OverlaySpec spec = spec(name);
    mount(channel, spec);
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
  void eachSetsEveryAttribute(LayerChannel channel) throws IOException {
    OverlaySpec spec = spec("x").toBuilder().attributes(MountAttribute.values()).build();
    mount(channel, spec);
    try (OverlayMount mount = Overlays.find(spec.mountPoint().orElseThrow()).orElseThrow()) {
      assertEquals(spec, mount.spec());
    }
  }

  @Test
  void stringsAreNotUsedBeyondWhatTheyHold() throws IOException {
    OverlaySpec spec = spec((LONG + "/").repeat(7));
    try (LayerHandles handles = LayerHandles.open(spec)) {
      assertFalse(new ContextMount(LayerChannel.NAMES, spec, handles).fitsKernel());
      assertFalse(new ContextMount(LayerChannel.LIST, spec, handles).fitsKernel());
      assertTrue(new ContextMount(LayerChannel.DESCRIPTORS, spec, handles).fitsKernel());
      new DataMount(spec, handles).mountOverlay();
    }
    try (OverlayMount mount = Overlays.find(spec.mountPoint().orElseThrow()).orElseThrow()) {
      assertEquals(spec, mount.spec());
    }
  }

  /** Beyond a page mount(2) cuts the string off, and mounts what is left of it. */
  @Test
  void dataIsRefusedBeyondAPage() throws IOException {
    Path parent = sandbox.directory((LONG + "/").repeat(5));
    for (int i = 0; i < 20; i++) {
      sandbox.directory((LONG + "/").repeat(5) + i);
    }
    OverlaySpec spec =
        sandbox
            .layers()
            .lowers(IntStream.range(0, 20).mapToObj(i -> parent.resolve("" + i)).toList())
            .build();
    try (LayerHandles handles = LayerHandles.open(spec)) {
      DataMount data = new DataMount(spec, handles);
      OverlayException e = assertThrows(OverlayException.class, data::mountOverlay);
      assertTrue(e.has(ProblemCode.LAYERS_TOO_LONG), e::toString);
    }
  }
}
