package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.registry.RegistryInMemory;
import dev.overlays.testkit.fault.FaultyFileSystem;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A follow of which any operation on any file fails, or which ends in the middle. */
class FollowFaultTest {
  private static final List<String> NAMES = List.of("one", "two");

  /** About as many changes as a follow of these caches makes. */
  private static final int CHANGES = 110;

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  @AutoClose private final RegistryInMemory registry;
  private final OciRegistry image;
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private final SharedCache publisher =
      SharedCache.of(memory.getPath("/a/lower"), memory.getPath("/a/instances"));
  private FaultyFileSystem files = FaultyFileSystem.over(memory);
  private SharedCache cache = newCache();

  FollowFaultTest() throws IOException {
    registry = new RegistryInMemory();
    image = registry.image(":v1");
  }

  private SharedCache newCache() {
    return SharedCache.of(files.getPath("/b/lower"), files.getPath("/b/instances"))
        .privatePath("config");
  }

  @BeforeEach
  void takeUpTheFirstLower() throws IOException {
    Files.createDirectories(memory.getPath("/a/lower/d"));
    Files.createDirectories(memory.getPath("/b/lower"));
    Files.createDirectory(memory.getPath("/b/instances"));
    publish("first");
    cache.follow(image);
    for (String name : NAMES) {
      cache.create(name);
      Files.writeString(cache.mount(name).root().resolve("config"), name);
    }
    publish("second");
  }

  private void publish(String text) throws IOException {
    Files.writeString(memory.getPath("/a/lower/text"), text);
    Files.writeString(memory.getPath("/a/lower/d/" + text), text);
    publisher.publish(image);
  }

  @AfterEach
  void unmountAll() throws IOException {
    cache.unmountAll(UnmountOptions.lazily());
  }

  /** Every view shows the first or the second lower as a whole, and what is its own. */
  private void assertFirstOrSecond() throws IOException {
    for (String name : NAMES) {
      Path root = cache.mount(name).root();
      String text = Files.readString(root.resolve("text"));
      assertTrue(List.of("first", "second").contains(text), text + ", seed " + seed);
      assertEquals("first", Files.readString(root.resolve("d/first")));
      assertEquals(text.equals("second"), Files.exists(root.resolve("d/second")), "seed " + seed);
      assertEquals(name, Files.readString(root.resolve("config")));
    }
  }

  private void assertFinished() throws IOException {
    assertFirstOrSecond();
    cache.follow(image);
    assertEquals("second", Files.readString(memory.getPath("/b/lower/text")), "seed " + seed);
    for (CacheInstance instance : cache.instances()) {
      assertTrue(instance.mount().isPresent() && !instance.waiting(), instance + ", seed " + seed);
      assertEquals("second", Files.readString(cache.mount(instance.name()).root().resolve("text")));
    }
    try (Stream<Path> left = Files.list(memory.getPath("/b/lower.overlays-follow"))) {
      assertEquals(
          List.of("images", "lock", "lower.image"),
          left.map(each -> each.getFileName().toString()).sorted().toList(),
          "seed " + seed);
    }
    try (Stream<Path> beside = Files.list(memory.getPath("/b"))) {
      assertEquals(3, beside.count());
    }
  }

  @Test
  void followWithoutFaultReplacesTheLower() throws IOException {
    long before = files.faults().changeCount();
    cache.follow(image);
    long changes = files.faults().changeCount() - before;
    assertTrue(changes > CHANGES * 2 / 3 && changes < CHANGES * 3 / 2, "choose from " + changes);
    assertFinished();
  }

  /** One operation fails, as when a disk is full for a moment. */
  @RepeatedTest(10)
  void singleFailureIsReportedAndTheNextFollowFinishes() throws IOException {
    SingleFailure.runWith(files, random, CHANGES, cache, () -> cache.follow(image), "seed " + seed);
    cache.follow(image);
    assertFinished();
  }

  /** The process ends, and all views with it; another one starts over the same disk. */
  @RepeatedTest(15)
  void nextProcessFinishesWhatWasInterrupted() throws IOException {
    files.faults().crashAt(files.faults().changeCount() + 1 + random.nextInt(CHANGES));
    try {
      cache.follow(image);
    } catch (IOException | RuntimeException e) {
      assertTrue(files.faults().hasCrashed(), e + ", seed " + seed);
    }
    closeViewsOfThisProcess();
    files = FaultyFileSystem.over(memory);
    cache = newCache();
    if (Files.exists(cache.lower())) {
      assertFirstOrSecond();
    }
    cache.follow(image);
    assertFinished();
  }

  private void closeViewsOfThisProcess() throws OverlayException {
    for (OverlayMount mount : Overlays.mounted()) {
      if (mount.spec().lowers().get(0).getFileSystem() == files) {
        try {
          mount.close(UnmountOptions.lazily());
        } catch (OverlayException e) {
          assertFalse(mount.isMounted(), "seed " + seed);
        }
      }
    }
  }
}
