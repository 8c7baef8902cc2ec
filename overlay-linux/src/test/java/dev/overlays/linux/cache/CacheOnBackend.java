package dev.overlays.linux.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.BootEntries;
import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.CacheInstance;
import dev.overlays.cache.FollowReport;
import dev.overlays.cache.MaintenanceReport;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.runtime.NamedLock;
import dev.overlays.linux.syscall.ThreadPrivilege;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.registry.RegistryInMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of a cache with one backend, run as any user. */
abstract class CacheOnBackend {
  private static final String CONFIG = "etc/config";

  private final OverlayBackend backend;
  private Sandbox sandbox;
  private Path instances;
  private Path fstab;
  private BootEntries entries;
  private SharedCache cache;

  CacheOnBackend(OverlayBackend backend) {
    this.backend = backend;
  }

  /** The client of registries keeps descriptors, which are no leak. */
  @BeforeAll
  static void startClient() {
    OciRegistry nowhere = OciRegistry.of("127.0.0.1:1/none").credentialFiles(List.of());
    assertThrows(OverlayException.class, nowhere::digest);
  }

  @BeforeEach
  void makeCache() throws IOException {
    Optional<Problem> missing = backend.whyUnavailable();
    assumeTrue(missing.isEmpty(), () -> "not here: " + missing.get());
    sandbox = Sandbox.create();
    sandbox.createFile("lower/shared", "shared");
    sandbox.createFile("lower/" + CONFIG, "nobody's");
    instances = sandbox.createDirectory("instances");
    fstab = sandbox.createDirectory("boot").resolve("fstab");
    entries = Overlays.bootEntries(fstab);
    boolean users = !ThreadPrivilege.mayMount() || backend.name().equals("rootless");
    cache =
        SharedCache.of(sandbox.path("lower"), instances)
            .backend(backend.name())
            .privatePath(CONFIG)
            .options(options -> options.withUserXattr(users))
            .bootEntries(entries);
    cache.create("one");
    cache.create("two");
  }

  @AfterEach
  void removeCache() throws IOException {
    if (sandbox != null) {
      cache.unmountAll(UnmountOptions.strict());
      sandbox.close();
    }
  }

  private CacheInstance firstInstance() throws IOException {
    return cache.instances().get(0);
  }

  private Path mountPoint() {
    return instances.resolve("one/mnts");
  }

  private Path asideDirectory(int number) {
    return instances.resolve("one/mnts.overlays-aside-" + number);
  }

  private List<Path> mountPointsAtBoot() throws IOException {
    return entries.specs().stream().map(spec -> spec.mountPoint().orElseThrow()).toList();
  }

  @Test
  void everyViewShowsTheLowerThatAnotherMachineHasPublished() throws IOException {
    try (RegistryInMemory registry = new RegistryInMemory()) {
      OciRegistry image = registry.image(":v1");
      SharedCache other =
          SharedCache.of(
                  sandbox.createDirectory("other/lower"),
                  sandbox.createDirectory("other/instances"))
              .backend(backend.name())
              .options(options -> options.withUserXattr(cache.spec("x").options().userXattr()));
      sandbox.createFile("other/lower/shared", "published");
      other.publish(image);
      Files.createDirectories(cache.mount("one").root().resolve("etc"));
      Files.writeString(cache.mount("one").root().resolve(CONFIG), "one's");
      OverlayMount two = cache.mount("two");
      assertThrows(OverlayException.class, () -> cache.follow(image));
      assertEquals("shared", Files.readString(two.root().resolve("shared")));
      FollowReport report = cache.update(image).replacingUnpublished().run();
      assertEquals(List.of("one", "two"), report.mounted());
      for (OverlayMount mount : cache.mountAll()) {
        assertEquals("published", Files.readString(mount.root().resolve("shared")));
      }
      assertEquals("one's", Files.readString(cache.mount("one").root().resolve(CONFIG)));
      Files.writeString(cache.mount("two").root().resolve("new"), "two's");
      other.create("one");
      Files.writeString(other.mount("one").root().resolve("shared"), "again");
      other.maintain();
      other.publish(image);
      OverlayException refused = assertThrows(OverlayException.class, () -> cache.follow(image));
      assertTrue(refused.getMessage().contains("instance two"), refused::toString);
      cache.update(image).carryingUppers().run();
      assertEquals("two's", Files.readString(cache.mount("two").root().resolve("new")));
      assertEquals("again", Files.readString(cache.mount("two").root().resolve("shared")));
      assertEquals("one's", Files.readString(cache.mount("one").root().resolve(CONFIG)));
      assertFalse(cache.follow(image).replaced());
      cache.maintain();
      assertTrue(cache.publish(image).pushed());
      assertTrue(other.follow(image).replaced());
      assertEquals("two's", Files.readString(other.mount("one").root().resolve("new")));
      other.unmountAll(UnmountOptions.strict());
    }
  }

  @Test
  void everyMountedInstanceGetsABootEntry() throws IOException {
    for (OverlayMount mount : cache.mountAll()) {
      assertEquals(backend.name(), mount.backend());
    }
    assertEquals(List.of(mountPoint(), instances.resolve("two/mnts")), mountPointsAtBoot());
    assertEquals(List.of(cache.spec("one"), cache.spec("two")), entries.specs());
    assertTrue(cache.status().instances().stream().allMatch(each -> each.atBoot()));
  }

  /** Boot entries are turned on after the instance was mounted. */
  @Test
  void aMountedInstanceGetsItsBootEntryLater() throws IOException {
    cache.mountAll();
    Files.delete(fstab);
    cache.mountAll();
    assertEquals(2, mountPointsAtBoot().size());
    Files.delete(fstab);
    assertEquals(List.of("one", "two"), cache.maintain().mounted());
    assertEquals(2, mountPointsAtBoot().size());
  }

  @Test
  void anInstanceWithoutItsDirectoriesIsMountedAndGetsABootEntry() throws IOException {
    Files.delete(instances.resolve("one/work"));
    Files.delete(mountPoint());
    cache.mount("one");
    assertEquals(List.of(mountPoint()), mountPointsAtBoot());
  }

  @Test
  void aRefusedEntryIsToldBeforeAnythingIsMounted() throws IOException {
    Files.writeString(fstab, "/dev/sdz1 " + mountPoint() + " ext4 defaults 0 2\n");
    OverlayException e = assertThrows(OverlayException.class, cache::mountAll);
    assertEquals(
        List.of(ProblemCode.BOOT_ENTRY_FOREIGN), e.problems().stream().map(Problem::code).toList());
    assertFalse(firstInstance().mount().isPresent());
    assertTrue(cache.instances().get(1).mount().isPresent());
  }

  @Test
  void aFileThatCannotBeWrittenIsToldBeforeAnythingIsMounted() throws IOException {
    cache = cache.bootEntries(Overlays.bootEntries(sandbox.path("missing/fstab")));
    OverlayException e = assertThrows(OverlayException.class, () -> cache.mount("one"));
    assertEquals(
        List.of(ProblemCode.BOOT_FILE_FAILED), e.problems().stream().map(Problem::code).toList());
    assertFalse(firstInstance().mount().isPresent());
  }

  /** The file is locked by another writer, which is found only when the entry is written. */
  @Test
  void aViewWhoseEntryIsNotWrittenIsUnmounted() throws IOException {
    Path real = fstab.getParent().toRealPath().resolve(fstab.getFileName());
    String lock = "boot-" + UUID.nameUUIDFromBytes(real.toString().getBytes(UTF_8));
    try (NamedLock writer = NamedLock.tryAcquire(lock, Duration.ZERO).orElseThrow()) {
      assertNotNull(writer);
      OverlayException e = assertThrows(OverlayException.class, () -> cache.mount("one"));
      assertEquals(
          List.of(ProblemCode.BOOT_FILE_CHANGED, ProblemCode.CACHE_VIEW_UNMOUNTED),
          e.problems().stream().map(Problem::code).toList());
      assertFalse(firstInstance().mount().isPresent());
    }
    assertTrue(cache.mount("one").isMounted());
  }

  /**
   * A daemon starts while the view is unmounted, and continues to write after it is mounted again.
   */
  @Test
  void maintenanceKeepsAsideWhatIsWrittenMeanwhile() throws IOException {
    cache.mountAll();
    Path pid = mountPoint().resolve("pid");
    FileChannel[] daemon = new FileChannel[1];
    Files.writeString(firstInstance().mount().orElseThrow().root().resolve("new"), "x");
    MaintenanceReport report =
        cache
            .maintenance()
            .progress(
                progress -> {
                  if (daemon[0] == null) {
                    daemon[0] = startWriting(pid);
                  }
                })
            .run();
    assertEquals(List.of("one", "two"), report.mounted());
    assertEquals(
        List.of(Optional.of(asideDirectory(1))),
        report.notices().stream().map(Problem::path).toList());
    try (FileChannel open = daemon[0]) {
      open.write(StandardCharsets.UTF_8.encode("after"));
    }
    assertEquals("before after", Files.readString(asideDirectory(1).resolve("pid")));
    Path root = firstInstance().mount().orElseThrow().root();
    assertFalse(Files.exists(root.resolve("pid")));
    assertEquals("shared", Files.readString(root.resolve("shared")));
  }

  private static FileChannel startWriting(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      channel.write(StandardCharsets.UTF_8.encode("before "));
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void mountAllKeepsAsideWhatWasLeftTwice() throws IOException {
    for (int i = 1; i <= 2; i++) {
      Files.createDirectory(mountPoint().resolve("run"));
      Files.writeString(mountPoint().resolve("run/pid"), "left " + i);
      assertEquals(2, cache.mountAll().size());
      cache.unmountAll(UnmountOptions.strict());
      assertEquals("left " + i, Files.readString(asideDirectory(i).resolve("run/pid")));
    }
    assertEquals(List.of(asideDirectory(1), asideDirectory(2)), firstInstance().aside());
    cache.remove("one");
    assertFalse(Files.exists(instances.resolve("one")));
  }

  @Test
  void aMountWithoutTheCacheStillRefuses() throws IOException {
    Files.createFile(mountPoint().resolve("pid"));
    OverlaySpec spec = cache.spec("one");
    OverlayException e =
        assertThrows(OverlayException.class, () -> Overlays.mount(spec, backend.name()));
    assertTrue(e.has(ProblemCode.MOUNT_POINT_NOT_EMPTY), e::getMessage);
  }
}
