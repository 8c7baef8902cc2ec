package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about the life of a mount. */
abstract class LifePromises extends ContractPromises {
  private static final int ROUNDS = 5;
  private static final int RIVALS = 3;

  LifePromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  @Test
  @DisplayName("7.1 a mount tells its spec, its backend, and where it is seen")
  void tellsWhatItIs() throws IOException {
    OverlaySpec spec = sandbox().specOfLayers().build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(spec, mount.spec());
      assertEquals(sandbox().backend().name(), mount.backend());
      assertTrue(mount.isMounted());
      assertTrue(mount.root().isAbsolute(), mount.root()::toString);
      assertTrue(Files.isDirectory(mount.root()));
    }
  }

  @Test
  @DisplayName("7.2 a closed mount is not mounted, and shows nothing where it was seen")
  void closedMountShowsNothing() throws IOException {
    sandbox().makeFile("lower/file", "content");
    OverlayMount mount = sandbox().mount();
    Path file = mount.root().resolve("file");
    assertEquals("content", Files.readString(file));
    mount.close();
    assertFalse(mount.isMounted());
    assertFalse(isShown(file));
    assertEquals(List.of(), VisibleTree.namesIn(sandbox().pathOf("mnts")));
  }

  /** Whether a file is shown; the file system of a view in memory may be closed. */
  static boolean isShown(Path file) {
    try {
      return Files.exists(file);
    } catch (RuntimeException e) {
      return false;
    }
  }

  @Test
  @DisplayName("7.3 closing a second time does nothing, however it is done")
  void closingAgainDoesNothing() throws IOException {
    OverlayMount mount = sandbox().mount();
    mount.close();
    mount.close();
    mount.close(UnmountOptions.lazily());
    mount.close(UnmountOptions.waitingUpTo(Duration.ofMinutes(1)));
    assertFalse(mount.isMounted());
  }

  @Test
  @DisplayName("7.4 a mount closes itself only, not another at the same place")
  void closesOnlyItself() throws IOException {
    OverlaySpec spec = sandbox().specOfLayers().build();
    OverlayMount first = sandbox().mount(spec);
    OverlayMount elsewhere = sandbox().mount(sandbox().specOfLayers("other-").build());
    first.close();
    try (elsewhere;
        OverlayMount second = sandbox().mount(spec)) {
      Files.writeString(second.root().resolve("file"), "of the second");
      assertFalse(first.isMounted());
      first.close();
      first.close(UnmountOptions.lazily());
      assertTrue(second.isMounted());
      assertEquals("of the second", Files.readString(second.root().resolve("file")));
    }
  }

  @Test
  @DisplayName("7.5 an idle view is unmounted lazily and patiently, too, and nothing is lost")
  void closesInEveryWay() throws IOException {
    OverlaySpec spec = sandbox().specOfLayers().build();
    List<UnmountOptions> ways =
        List.of(UnmountOptions.lazily(), UnmountOptions.waitingUpTo(Duration.ofMinutes(1)));
    for (UnmountOptions way : ways) {
      OverlayMount mount = sandbox().mount(spec);
      Files.writeString(mount.root().resolve("file"), way.toString());
      mount.close(way);
      assertFalse(mount.isMounted());
      assertEquals(way.toString(), Files.readString(sandbox().pathOf("upper/file")));
    }
  }

  @Test
  @DisplayName("7.6 while it is mounted it is listed, with its spec; afterwards not")
  void isListedWhileMounted() throws IOException {
    OverlaySpec spec = sandbox().specOfLayers().build();
    OverlaySpec other = sandbox().specOfLayers("other-").build();
    Path place = spec.mountPoint().orElseThrow();
    assertEquals(Optional.empty(), findListed(place));
    OverlayMount second = sandbox().mount(other);
    try (OverlayMount mount = sandbox().mount(spec)) {
      OverlayMount found = findListed(place).orElseThrow();
      sandbox().assertListed(mount);
      assertEquals(mount.root(), found.root());
      assertEquals(mount.backend(), found.backend());
      assertTrue(found.isMounted());
      assertTrue(findListed(other.mountPoint().orElseThrow()).isPresent());
      second.close();
      assertEquals(Optional.empty(), findListed(other.mountPoint().orElseThrow()));
      assertTrue(findListed(place).isPresent());
    }
    assertEquals(Optional.empty(), findListed(place));
  }

  private Optional<OverlayMount> findListed(Path mountPoint) throws IOException {
    return sandbox().backend().mounted().stream()
        .filter(mount -> mount.spec().mountPoint().equals(Optional.of(mountPoint)))
        .findFirst();
  }

  /** Another instance of the backend finds the mount than the one that has mounted it. */
  @Test
  @DisplayName("7.7 a mount is found at its mount point, and can be closed by the one who finds it")
  void isFoundAtItsMountPoint() throws IOException {
    assumeTrue(
        IdentityPromises.isRegistered(sandbox()), "the backend is not found by ServiceLoader here");
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec = sandbox().specOfLayers().build();
    Path place = spec.mountPoint().orElseThrow();
    OverlayMount mount = sandbox().mount(spec);
    OverlayMount found = Overlays.find(place).orElseThrow();
    assertEquals("content", Files.readString(found.root().resolve("file")));
    Files.writeString(found.root().resolve("file"), "changed");
    found.close();
    assertFalse(found.isMounted());
    assertFalse(mount.isMounted());
    mount.close();
    assertEquals(Optional.empty(), Overlays.find(place));
    assertEquals("changed", Files.readString(sandbox().pathOf("upper/file")));
  }

  @Test
  @DisplayName("7.8 what is missing of an instance is made when mounting, and stays")
  void createsMissingInstanceDirectories() throws IOException {
    sandbox().makeFile("lower/file", "content");
    Path instance = sandbox().pathOf("instance");
    OverlaySpec spec =
        sandbox().specWithoutLayers().lower(sandbox().pathOf("lower")).instance(instance).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      Files.writeString(mount.root().resolve("file"), "changed");
    }
    assertEquals("changed", Files.readString(instance.resolve("upper/file")));
    assertTrue(Files.isDirectory(instance.resolve("work")));
    assertTrue(Files.isDirectory(instance.resolve("mnts")));
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("changed", Files.readString(mount.root().resolve("file")));
    }
  }

  @Test
  @DisplayName("7.9 a new upper does not change what the root of the view looks like")
  void newUpperLooksLikeTheLower() throws IOException {
    sandbox().assumeDeclared(Capability.PERMISSIONS);
    Path lower = sandbox().makeDirectory("lower");
    FileTime time = FileTime.fromMillis(1_000_000_000_000L);
    Files.setPosixFilePermissions(lower, PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setLastModifiedTime(lower, time);
    OverlaySpec spec =
        sandbox().specWithoutLayers().lower(lower).instance(sandbox().pathOf("instance")).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(
          "rwxr-x--x", PosixFilePermissions.toString(Files.getPosixFilePermissions(mount.root())));
      assertEquals(time, Files.getLastModifiedTime(mount.root()));
    }
  }

  @Test
  @DisplayName("7.10 a view without a mount point is mounted where only its root tells")
  void mountsWithoutMountPoint() throws IOException {
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec =
        sandbox()
            .specWithoutLayers()
            .lower(sandbox().pathOf("lower"))
            .upper(sandbox().makeDirectory("upper"))
            .work(sandbox().makeDirectory("work"))
            .build();
    if (!sandbox().isDeclared(Capability.NO_MOUNT_POINT)) {
      new RefusalCheck(sandbox()).assertRefused(spec, ProblemCode.MOUNT_POINT_NOT_GIVEN);
      return;
    }
    OverlayMount mount = sandbox().mount(spec);
    Path file = mount.root().resolve("file");
    assertEquals("content", Files.readString(file));
    Files.writeString(mount.root().resolve("new"), "new");
    assertTrue(mount.isMounted());
    sandbox().assertListed(mount);
    LayerStore store = sandbox().layerStore();
    assertThrows(OverlayException.class, () -> store.claim(spec));
    sandbox().assertListed(mount).close();
    assertFalse(mount.isMounted());
    assertFalse(isShown(file));
    assertEquals(List.of(), sandbox().mountedHere());
    assertEquals("new", Files.readString(sandbox().pathOf("upper/new")));
    sandbox().mount(spec).close();
  }

  @Test
  @DisplayName(
      "7.11 of several that mount a new instance at once one gets it at most, and its files stay")
  void onlyOneRivalGetsANewInstance() throws IOException {
    sandbox().makeFile("lower/file", "content");
    for (int round = 0; round < ROUNDS; round++) {
      Path instance = sandbox().pathOf("instance" + round);
      OverlaySpec spec =
          sandbox().specWithoutLayers().lower(sandbox().pathOf("lower")).instance(instance).build();
      List<CompletableFuture<Optional<OverlayMount>>> attempts = new ArrayList<>();
      for (int i = 0; i < RIVALS; i++) {
        attempts.add(CompletableFuture.supplyAsync(() -> tryToMount(spec)));
      }
      List<OverlayMount> mounts = new ArrayList<>();
      for (CompletableFuture<Optional<OverlayMount>> attempt : attempts) {
        attempt.join().ifPresent(mounts::add);
      }
      if (mounts.isEmpty()) {
        // Each attempt may have failed because of another one.
        mounts.add(tryToMount(spec).orElseThrow());
      }
      assertEquals(1, mounts.size(), "round " + round);
      assertEquals("mine", Files.readString(mounts.get(0).root().resolve("mine")));
      mounts.get(0).close();
      assertEquals("mine", Files.readString(instance.resolve("upper/mine")));
    }
  }

  private Optional<OverlayMount> tryToMount(OverlaySpec spec) {
    try {
      OverlayMount mount = sandbox().backend().mount(spec);
      Files.writeString(mount.root().resolve("mine"), "mine");
      return Optional.of(mount);
    } catch (OverlayException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
