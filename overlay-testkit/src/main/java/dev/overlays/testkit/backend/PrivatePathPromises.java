package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about private paths: what a lower has there is hidden, and stays in the lower. */
abstract class PrivatePathPromises extends ContractPromises {

  PrivatePathPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private OverlaySpec.Builder specWithLayers() throws IOException {
    sandbox().makeFile("lower/.node/config", "the shared one");
    sandbox().makeFile("lower/.node/keys/a", "a");
    sandbox().makeFile("lower/.node/keys/deep/b", "b");
    sandbox().makeFile("lower/.node/cache/data", "data");
    return sandbox().specOfLayers();
  }

  private OverlayMount mountWithPrivatePaths(String... privatePaths) throws IOException {
    sandbox().assumeDeclared(Capability.PRIVATE_PATHS);
    OverlaySpec.Builder layers = specWithLayers();
    for (String path : privatePaths) {
      layers.privatePath(path);
    }
    return sandbox().mount(layers.build());
  }

  private static List<String> namesIn(OverlayMount mount, String directory) throws IOException {
    return VisibleTree.namesIn(mount.root().resolve(directory));
  }

  @Test
  @DisplayName("11.1 private paths are hidden, or refused")
  void hiddenOrRefused() throws IOException {
    if (!sandbox().isDeclared(Capability.PRIVATE_PATHS)) {
      new RefusalCheck(sandbox())
          .assertRefusedOrDeclined(
              specWithLayers().privatePath(".node/config").build(), ProblemCode.OPTION_UNSUPPORTED);
      return;
    }
    OverlaySpec spec = specWithLayers().privatePath(".node/config").build();
    SortedMap<String, String> expected =
        VisibleTree.of(sandbox().pathOf("lower"), sandbox().backendUnderTest().capabilities());
    expected.remove(".node/config");
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("cache", "keys"), namesIn(mount, ".node"));
      assertEquals(expected, sandbox().viewLines(mount));
      assertEquals("data", Files.readString(mount.root().resolve(".node/cache/data")));
    }
  }

  @Test
  @DisplayName("11.2 a private directory is hidden whole, and one made in its place is empty")
  void hidesADirectoryWhole() throws IOException {
    try (OverlayMount mount = mountWithPrivatePaths(".node/keys")) {
      assertEquals(List.of("cache", "config"), namesIn(mount, ".node"));
      Files.createDirectory(mount.root().resolve(".node/keys"));
      assertEquals(List.of(), namesIn(mount, ".node/keys"));
    }
  }

  @Test
  @DisplayName("11.3 of a deep private path no more than its last name is hidden")
  void hidesOnlyTheLastName() throws IOException {
    try (OverlayMount mount = mountWithPrivatePaths(".node/keys/deep/b")) {
      assertEquals(List.of("a", "deep"), namesIn(mount, ".node/keys"));
      assertEquals(List.of(), namesIn(mount, ".node/keys/deep"));
    }
  }

  @Test
  @DisplayName("11.4 every lower is hidden there")
  void hidesInEveryLower() throws IOException {
    sandbox().assumeDeclared(Capability.PRIVATE_PATHS);
    sandbox().makeFile("second/.node/config", "the second one");
    sandbox().makeFile("second/.node/more", "more");
    OverlaySpec spec =
        specWithLayers().lower(sandbox().pathOf("second")).privatePath(".node/config").build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("cache", "keys", "more"), namesIn(mount, ".node"));
    }
  }

  @Test
  @DisplayName("11.5 where no lower holds anything the upper is left alone")
  void leavesTheUpperAloneWithNothingToHide() throws IOException {
    try (OverlayMount mount = mountWithPrivatePaths("identity", ".node/other")) {
      assertEquals(List.of(".node"), namesIn(mount, ""));
    }
    assertEquals(List.of(), VisibleTree.namesIn(sandbox().pathOf("upper")));
  }

  @Test
  @DisplayName("11.6 what the instance has there itself is shown, without the lower's")
  void ownIsShown() throws IOException {
    sandbox().makeFile("upper/.node/config", "my own");
    sandbox().makeFile("upper/.node/keys/mine", "my own");
    try (OverlayMount mount = mountWithPrivatePaths(".node/config", ".node/keys")) {
      assertEquals("my own", Files.readString(mount.root().resolve(".node/config")));
      assertEquals(List.of("mine"), namesIn(mount, ".node/keys"));
      assertEquals("data", Files.readString(mount.root().resolve(".node/cache/data")));
    }
  }

  @Test
  @DisplayName("11.7 a path stays hidden, and what is written there is kept")
  void staysHidden() throws IOException {
    sandbox().assumeDeclared(Capability.PRIVATE_PATHS);
    OverlaySpec spec = specWithLayers().privatePath(".node/config").build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      Files.writeString(mount.root().resolve(".node/config"), "written");
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      Path config = mount.root().resolve(".node/config");
      assertEquals("written", Files.readString(config));
      Files.delete(config);
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertFalse(Files.exists(mount.root().resolve(".node/config")));
      assertEquals("data", Files.readString(mount.root().resolve(".node/cache/data")));
    }
  }

  @Test
  @DisplayName("11.8 a path through a symbolic link of a lower is refused")
  void refusesAPathThroughALink() throws IOException {
    sandbox().assumeDeclared(Capability.PRIVATE_PATHS);
    OverlaySpec spec =
        specWithLayers().privatePath("link/config").privatePath(".node/config").build();
    Path link = sandbox().pathOf("lower/link");
    Files.createSymbolicLink(link, link.getFileSystem().getPath(".node"));
    new RefusalCheck(sandbox())
        .assertRefusedWhenMounting(spec, ProblemCode.PRIVATE_PATH_UNRESOLVABLE);
  }
}
