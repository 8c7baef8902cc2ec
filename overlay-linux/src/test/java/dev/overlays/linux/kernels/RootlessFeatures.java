package dev.overlays.linux.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.RootlessBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** For an ordinary user: what works, or is refused in words that say which kernel has it. */
class RootlessFeatures {
  private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    var reason = new RootlessBackend().whyUnavailable();
    assumeTrue(reason.isEmpty(), () -> "this kernel has it not: " + reason.orElseThrow());
    sandbox = Sandbox.create();
    sandbox.createFile("lower/file", "content");
  }

  @AfterEach
  void close() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private OverlaySpec.Builder spec() {
    return OverlaySpec.builder()
        .lower(sandbox.path("lower"))
        .options(options -> options.withUserXattr(true));
  }

  private static void use(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec, "rootless")) {
      assertEquals("content", Files.readString(mount.root().resolve("file")));
      Files.delete(mount.root().resolve("file"));
      Files.writeString(mount.root().resolve("new"), "new");
      assertFalse(Files.exists(mount.root().resolve("file")));
    }
  }

  @Test
  void mountPointAndMerge() throws IOException {
    OverlaySpec spec = spec().instance(sandbox.path("instance")).build();
    use(spec);
    OverlayMerge.of(spec).run();
    assertFalse(Files.exists(sandbox.path("lower/file")));
    assertEquals("new", Files.readString(sandbox.path("lower/new")));
  }

  @Test
  void viewNoMountPoint() throws IOException {
    use(
        spec()
            .upper(sandbox.createDirectory("upper"))
            .work(sandbox.createDirectory("work"))
            .build());
  }

  @Test
  void ephemeralView() throws IOException {
    use(spec().ephemeral().build());
  }
}
