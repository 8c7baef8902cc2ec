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

  private OverlaySpec.Builder layers() throws IOException {
    sandbox().file("lower/.node/config", "the shared one");
    sandbox().file("lower/.node/keys/a", "a");
    sandbox().file("lower/.node/keys/deep/b", "b");
    sandbox().file("lower/.node/cache/data", "data");
    return sandbox().layers();
  }

  private OverlayMount mount(String... privatePaths) throws IOException {
    sandbox().needs(Capability.PRIVATE_PATHS);
    OverlaySpec.Builder layers = layers();
    for (String path : privatePaths) {
      layers.privatePath(path);
    }
    return sandbox().mount(layers.build());
  }

  private static List<String> names(OverlayMount mount, String directory) throws IOException {
    return ShownTree.names(mount.root().resolve(directory));
  }

  @Test
  @DisplayName("11.1 private paths are hidden, or refused")
  void hiddenOrRefused() throws IOException {
    if (!sandbox().has(Capability.PRIVATE_PATHS)) {
      new RefusalCheck(sandbox())
          .assertRefusedOrDeclined(
              layers().privatePath(".node/config").build(), ProblemCode.OPTION_UNSUPPORTED);
      return;
    }
    OverlaySpec spec = layers().privatePath(".node/config").build();
    SortedMap<String, String> expected =
        ShownTree.of(sandbox().path("lower"), sandbox().subject().capabilities());
    expected.remove(".node/config");
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("cache", "keys"), names(mount, ".node"));
      assertEquals(expected, sandbox().view(mount));
      assertEquals("data", Files.readString(mount.root().resolve(".node/cache/data")));
    }
  }

  @Test
  @DisplayName("11.2 a private directory is hidden whole, and one made in its place is empty")
  void directory() throws IOException {
    try (OverlayMount mount = mount(".node/keys")) {
      assertEquals(List.of("cache", "config"), names(mount, ".node"));
      Files.createDirectory(mount.root().resolve(".node/keys"));
      assertEquals(List.of(), names(mount, ".node/keys"));
    }
  }

  @Test
  @DisplayName("11.3 of a deep private path no more than its last name is hidden")
  void deep() throws IOException {
    try (OverlayMount mount = mount(".node/keys/deep/b")) {
      assertEquals(List.of("a", "deep"), names(mount, ".node/keys"));
      assertEquals(List.of(), names(mount, ".node/keys/deep"));
    }
  }

  @Test
  @DisplayName("11.4 every lower is hidden there")
  void everyLower() throws IOException {
    sandbox().needs(Capability.PRIVATE_PATHS);
    sandbox().file("second/.node/config", "the second one");
    sandbox().file("second/.node/more", "more");
    OverlaySpec spec = layers().lower(sandbox().path("second")).privatePath(".node/config").build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("cache", "keys", "more"), names(mount, ".node"));
    }
  }

  @Test
  @DisplayName("11.5 where no lower holds anything the upper is left alone")
  void nothingToHide() throws IOException {
    try (OverlayMount mount = mount("identity", ".node/other")) {
      assertEquals(List.of(".node"), names(mount, ""));
    }
    assertEquals(List.of(), ShownTree.names(sandbox().path("upper")));
  }

  @Test
  @DisplayName("11.6 what the instance has there itself is shown, without the lower's")
  void ownIsShown() throws IOException {
    sandbox().file("upper/.node/config", "my own");
    sandbox().file("upper/.node/keys/mine", "my own");
    try (OverlayMount mount = mount(".node/config", ".node/keys")) {
      assertEquals("my own", Files.readString(mount.root().resolve(".node/config")));
      assertEquals(List.of("mine"), names(mount, ".node/keys"));
      assertEquals("data", Files.readString(mount.root().resolve(".node/cache/data")));
    }
  }

  @Test
  @DisplayName("11.7 a path stays hidden, and what is written there is kept")
  void staysHidden() throws IOException {
    sandbox().needs(Capability.PRIVATE_PATHS);
    OverlaySpec spec = layers().privatePath(".node/config").build();
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
  void throughALink() throws IOException {
    sandbox().needs(Capability.PRIVATE_PATHS);
    OverlaySpec spec = layers().privatePath("link/config").privatePath(".node/config").build();
    Path link = sandbox().path("lower/link");
    Files.createSymbolicLink(link, link.getFileSystem().getPath(".node"));
    new RefusalCheck(sandbox())
        .assertRefusedWhenMounting(spec, ProblemCode.PRIVATE_PATH_UNRESOLVABLE);
  }
}
