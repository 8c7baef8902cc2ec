package dev.overlays.testkit.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.instance.InstanceDirectories;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The directories of an instance are created for a mount, and removed if the mount fails. */
class InstanceDirectoriesTest {
  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final Path instance = memory.getPath("/instance");
  private final OverlaySpec spec =
      OverlaySpec.builder().lower(memory.getPath("/lower")).instance(instance).build();

  @BeforeEach
  void makeLower() throws IOException {
    Files.createDirectory(memory.getPath("/lower"));
  }

  @Test
  void closingRemovesWhatWasCreatedAndWhatAMountLeftInIt() throws IOException {
    InstanceDirectories directories = InstanceDirectories.createMissing(spec);
    Files.createDirectories(instance.resolve("work/work/left"));
    Files.createFile(instance.resolve("upper/left"));
    directories.close();
    assertFalse(Files.exists(instance));
  }

  @Test
  void closingKeepsDirectoriesThatExistedBefore() throws IOException {
    Files.createDirectories(instance.resolve("upper"));
    Files.createFile(instance.resolve("upper/mine"));
    InstanceDirectories.createMissing(spec).close();
    assertTrue(Files.exists(instance.resolve("upper/mine")));
    assertFalse(Files.exists(instance.resolve("work")));
  }

  @Test
  void closingKeepsAnInstanceThatIsMountedMeanwhile() throws IOException {
    InstanceDirectories late = InstanceDirectories.createMissing(spec);
    try (OverlayMount mount = Overlays.mount(spec)) {
      Files.writeString(mount.root().resolve("mine"), "mine");
      late.close();
      assertEquals("mine", Files.readString(mount.root().resolve("mine")));
    }
    assertEquals("mine", Files.readString(instance.resolve("upper/mine")));
    assertTrue(Files.isDirectory(instance.resolve("work")));
  }

  /**
   * Two mounts create the same instance; the one that has created the rest is about to mount it.
   */
  @Test
  void closingKeepsAWorkDirectoryThatIsNotEmpty() throws IOException {
    InstanceDirectories late = InstanceDirectories.createMissing(spec);
    Files.delete(instance.resolve("upper"));
    Files.createFile(instance.resolve("work/theirs"));
    late.close();
    assertTrue(Files.exists(instance.resolve("work/theirs")));
    assertFalse(Files.exists(instance.resolve("mnts")));
  }

  /** As soon as a failed mount has removed its layers, another one may create its own there. */
  @Test
  void closingKeepsWhatOthersHaveInTheDirectoryOfTheInstance() throws IOException {
    InstanceDirectories late = InstanceDirectories.createMissing(spec);
    Files.createDirectory(instance.resolve("theirs"));
    Files.createFile(instance.resolve("theirs/file"));
    late.close();
    assertTrue(Files.exists(instance.resolve("theirs/file")));
    assertFalse(Files.exists(instance.resolve("upper")));
  }

  /** Where its view is not attached, nothing but its lock tells that it is mounted. */
  @Test
  void closingKeepsAnUpperThatMayBeInAView() throws IOException {
    InstanceDirectories late = InstanceDirectories.createMissing(spec);
    Files.delete(instance.resolve("mnts"));
    late.close();
    assertTrue(Files.exists(instance.resolve("upper")));
    assertFalse(Files.exists(instance.resolve("work")));
  }
}
