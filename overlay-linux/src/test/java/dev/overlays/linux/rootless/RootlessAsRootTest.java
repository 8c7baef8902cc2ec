package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.AsUser;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/** What root has to do with rootless views. */
class RootlessAsRootTest extends RootlessBed {
  @BeforeEach
  @Override
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    KernelAbility.USER_NAMESPACE_MOUNTS.assume();
  }

  /** By the name of the backend; all owners are there. */
  @Test
  void mountsByNameWithAllOwners() throws IOException {
    Files.setAttribute(sandbox.file("lower/file", "lower"), "unix:uid", 70_000);
    try (OverlayMount mount = mount(layers())) {
      Files.writeString(mount.root().resolve("file"), "changed");
      assertEquals("0\n", output(mount.command("id", "-u")));
      assertEquals(70_000, Files.getAttribute(mount.root().resolve("file"), "unix:uid"));
    }
    assertEquals(70_000, Files.getAttribute(sandbox.path("upper/file"), "unix:uid"));
    assertEquals("changed", upper("file"));
  }

  /** A disk that is mounted after the namespace was made, and that does not come into it. */
  @Test
  void takesLayersOfADiskThatWasMountedLater() throws IOException {
    try (OverlayMount first = mount(layers())) {
      Path disk = sandbox.disk("disk");
      Files.writeString(disk.resolve("file"), "on the disk");
      OverlaySpec.Builder spec =
          OverlaySpec.builder()
              .lower(disk)
              .instance(sandbox.path("instance"))
              .options(options -> options.withUserXattr(true));
      try (OverlayMount second = mount(spec)) {
        assertEquals("on the disk", Files.readString(second.root().resolve("file")));
        assertEquals(List.of(), names(first.root()));
      }
    }
  }

  @Test
  void mergesWhatAUserHasWritten() throws IOException {
    AsUser.assumePossible();
    Sandbox.run("chmod", "a+x", sandbox.root().toString());
    Path place = AsUser.own(sandbox.directory("place"));
    for (DynamicTest test : AsUser.run(place, Map.of(), WrittenByAUser.class)) {
      assertDoesNotThrow(test.getExecutable());
    }
    OverlaySpec spec = WrittenByAUser.spec(place).build();
    OverlayMerge.of(spec).run();
    assertEquals(List.of("directory", "new"), names(place.resolve("lower")));
    assertEquals(List.of("inner"), names(place.resolve("lower/directory")));
    assertEquals(List.of(), names(place.resolve("instance/upper")));
    try (OverlayMount mount = Overlays.mount(spec, "kernel")) {
      assertEquals("changed", Files.readString(mount.root().resolve("directory/inner")));
    }
  }
}
