package dev.overlays.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.image.OciImage;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.registry.RegistryInMemory;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.UnpackProgress;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import dev.overlays.testkit.tree.TreeSnapshot;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one cache publishes another one takes up, in memory; and what is refused. */
class FollowTest {
  private static final String CONFIG = "etc/config";

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  @AutoClose private final RegistryInMemory registry;
  private final OciRegistry image;
  private final List<SharedCache> caches = new ArrayList<>();
  private SharedCache publisher;
  private SharedCache follower;

  FollowTest() throws IOException {
    registry = new RegistryInMemory();
    image = registry.image(":v1");
  }

  @BeforeEach
  void makeCaches() throws IOException {
    publisher = createCache("a");
    follower = createCache("b");
    Files.createDirectories(publisher.lower().resolve("etc"));
    Files.writeString(publisher.lower().resolve(CONFIG), "nobody's");
    Files.writeString(publisher.lower().resolve("shared"), "first");
    publisher.create("one");
    follower.create("one");
    follower.create("two");
    publisher.mountAll();
  }

  private SharedCache createCache(String machine) throws IOException {
    Path home = Files.createDirectory(memory.getPath("/" + machine));
    SharedCache cache =
        SharedCache.of(
                Files.createDirectory(home.resolve("lower")),
                Files.createDirectory(home.resolve("instances")))
            .privatePath(CONFIG);
    caches.add(cache);
    return cache;
  }

  @AfterEach
  void unmountAll() throws IOException {
    for (SharedCache cache : caches) {
      cache.unmountAll(UnmountOptions.lazily());
    }
  }

  private static Path root(SharedCache cache, String instance) throws IOException {
    return cache.mount(instance).root();
  }

  private static Path place(SharedCache cache) {
    return cache.lower().resolveSibling("lower.overlays-follow");
  }

  private static List<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  private void publishText(String text) throws IOException {
    Files.writeString(root(publisher, "one").resolve("shared"), text);
    publisher.maintain();
    assertTrue(publisher.publish(image).pushed());
  }

  private void assertRefused(ProblemCode code, String named, LowerUpdate update)
      throws IOException {
    TreeSnapshot before = TreeSnapshot.of(follower.lower());
    TreeSnapshot instances = TreeSnapshot.of(follower.lower().resolveSibling("instances"));
    List<CacheInstance> known = follower.instances();
    OverlayException e = assertThrows(OverlayException.class, update::run);
    assertEquals(code, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains(named), e.toString());
    before.assertUnchanged();
    instances.assertUnchanged();
    assertEquals(known.toString(), follower.instances().toString());
  }

  @Test
  void everyInstanceShowsWhatWasPublished() throws IOException {
    publishText("second");
    follower.mountAll();
    FollowReport report = follower.follow(image);
    assertTrue(report.replaced());
    assertEquals(List.of("one", "two"), report.mounted());
    assertEquals(image.digest().orElseThrow(), report.image());
    for (String instance : List.of("one", "two")) {
      assertEquals("second", Files.readString(root(follower, instance).resolve("shared")));
    }
    assertEquals("nobody's", Files.readString(follower.lower().resolve(CONFIG)));
    assertFalse(Files.exists(root(follower, "one").resolve(CONFIG)));
  }

  @Test
  void sameImageChangesNothing() throws IOException {
    publishText("second");
    follower.follow(image);
    follower.mountAll();
    follower.follow(image);
    TreeSnapshot before = TreeSnapshot.of(memory.getPath("/b"));
    FollowReport report = follower.follow(image);
    assertFalse(report.replaced());
    assertEquals(List.of(), report.mounted());
    assertTrue(report.toString().startsWith("nothing to do"), report.toString());
    before.assertUnchanged();
    assertFalse(publisher.publish(image).pushed());
  }

  @Test
  void onlyWhatTheRegistryLacksIsPushed() throws IOException {
    publishText("second");
    long uploads = registry.requestsOf("POST").count();
    Files.writeString(root(publisher, "one").resolve("not merged"), "x");
    assertFalse(publisher.publish(image).pushed());
    assertEquals(uploads, registry.requestsOf("POST").count());
    publisher.maintain();
    publisher.publish(image);
    assertEquals(uploads + 2, registry.requestsOf("POST").count(), "a layer and a configuration");
  }

  @Test
  void formerLowerIsKeptUntilTheNextFollow() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    FollowReport report = follower.follow(image);
    Path old = place(follower).resolve("old-1");
    assertEquals(
        List.of(ProblemCode.CACHE_LOWER_KEPT),
        report.notices().stream().map(each -> each.code()).toList());
    assertEquals("second", Files.readString(old.resolve("shared")));
    assertEquals(1, follower.status().notices().size());
    assertTrue(follower.status().toString().contains(old.toString()));
    follower.follow(image);
    assertFalse(Files.exists(old));
    assertEquals(List.of(), follower.status().notices());
    assertEquals(List.of("images", "lock", "lower.image"), namesIn(place(follower)));
  }

  @Test
  void formerLowerInUseIsKept() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    follower.follow(image);
    Path old = place(follower).resolve("old-1");
    try (OverlayMount reader =
        Overlays.mount(OverlaySpec.builder().lower(old).ephemeral().build())) {
      assertEquals(1, follower.follow(image).notices().size());
      assertEquals("second", Files.readString(reader.root().resolve("shared")));
    }
    assertEquals(List.of(), follower.follow(image).notices());
    assertFalse(Files.exists(old));
  }

  @Test
  void layoutDoesNotGrow() throws IOException {
    for (int i = 0; i < 3; i++) {
      publishText("text " + i);
      follower.follow(image);
      for (SharedCache cache : caches) {
        assertEquals(3, namesIn(place(cache).resolve("images/blobs/sha256")).size());
      }
    }
  }

  @Test
  void instanceWithUnmergedFilesIsNamed() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    follower.mountAll();
    Files.writeString(root(follower, "two").resolve("own"), "two's");
    assertRefused(ProblemCode.CACHE_UPPER_NOT_EMPTY, "instance two", follower.update(image));
    assertEquals(List.of("images", "lock", "lower.image", "old-1"), namesIn(place(follower)));
  }

  @Test
  void privatePathsGoOverTheNextLower() throws IOException {
    publishText("second");
    follower.follow(image);
    Files.createDirectories(root(follower, "one").resolve("etc"));
    Files.writeString(root(follower, "one").resolve(CONFIG), "one's");
    publishText("third");
    follower.follow(image);
    assertEquals("one's", Files.readString(root(follower, "one").resolve(CONFIG)));
    assertEquals("third", Files.readString(root(follower, "one").resolve("shared")));
    assertFalse(Files.exists(root(follower, "two").resolve(CONFIG)));
  }

  @Test
  void uppersAreCarriedOverOnRequest() throws IOException {
    publishText("second");
    follower.follow(image);
    Files.writeString(root(follower, "one").resolve("own"), "one's");
    Files.delete(root(follower, "two").resolve("shared"));
    publishText("third");
    follower.update(image).carryingUppers().run();
    assertEquals("one's", Files.readString(root(follower, "one").resolve("own")));
    assertEquals("third", Files.readString(root(follower, "one").resolve("shared")));
    assertFalse(Files.exists(root(follower, "two").resolve("shared")));
    assertFalse(Files.exists(root(follower, "two").resolve("own")));
  }

  @Test
  void lowerWithUnpublishedFilesIsNotReplaced() throws IOException {
    publishText("second");
    follower.follow(image);
    Files.writeString(root(follower, "one").resolve("own"), "one's");
    follower.maintain();
    publishText("third");
    follower.mountAll();
    assertRefused(
        ProblemCode.CACHE_LOWER_UNPUBLISHED,
        follower.lower().toString(),
        follower.update(image).carryingUppers());
    follower.update(image).replacingUnpublished().run();
    assertEquals("third", Files.readString(root(follower, "one").resolve("shared")));
    assertFalse(Files.exists(root(follower, "one").resolve("own")));
  }

  /** The record is written before the push, so that a crash in between is understood. */
  @Test
  void lowerWhosePushFailedIsNotReplaced() throws IOException {
    publishText("second");
    Files.writeString(root(publisher, "one").resolve("shared"), "third");
    publisher.maintain();
    registry.uploadStatus = 507;
    OverlayException e = assertThrows(OverlayException.class, () -> publisher.publish(image));
    assertEquals(ProblemCode.REGISTRY_REFUSED, e.problems().get(0).code(), e.toString());
    e = assertThrows(OverlayException.class, () -> publisher.follow(image));
    assertEquals(ProblemCode.CACHE_LOWER_UNPUBLISHED, e.problems().get(0).code(), e.toString());
    assertEquals("third", Files.readString(publisher.lower().resolve("shared")));
    registry.uploadStatus = 0;
    assertTrue(publisher.publish(image).pushed());
    assertFalse(publisher.follow(image).replaced());
  }

  @Test
  void maintenanceWithoutAnythingToMergeDoesNotHinderAFollow() throws IOException {
    publishText("second");
    follower.follow(image);
    follower.maintain();
    publishText("third");
    assertTrue(follower.follow(image).replaced());
  }

  @Test
  void everyChangeOfTheLowerIsNoticed() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    Path etc = follower.lower().resolve("etc");
    for (String change : List.of("user:x", "posix:permissions", "lastModifiedTime", "file")) {
      switch (change) {
        case "user:x" -> Files.setAttribute(etc, change, new byte[] {1});
        case "posix:permissions" -> Files.setPosixFilePermissions(etc, Set.of());
        case "lastModifiedTime" -> Files.setAttribute(etc, change, FileTime.fromMillis(1));
        default -> Files.writeString(etc.resolve("file"), "x");
      }
      assertRefused(ProblemCode.CACHE_LOWER_UNPUBLISHED, "lower", follower.update(image));
      follower.update(image).replacingUnpublished().run();
      publishText(change);
    }
  }

  @Test
  void lowerThatWasNeverPublishedIsNotReplaced() throws IOException {
    publishText("second");
    Files.writeString(follower.lower().resolve("mine"), "mine");
    assertRefused(
        ProblemCode.CACHE_LOWER_UNPUBLISHED, follower.lower().toString(), follower.update(image));
    assertFalse(Files.exists(place(follower)), "a refusal leaves nothing");
  }

  /** Each question is answered by yes once, until the update asks no more. */
  @Test
  void wheneverAnUpdateIsCancelledTheLowerIsWhatItWas() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    follower.mountAll();
    AtomicInteger asked = new AtomicInteger();
    int cancelled = 0;
    for (boolean finished = false; !finished; cancelled++) {
      int last = cancelled;
      asked.set(0);
      LowerUpdate update = follower.update(image).cancelWhen(() -> asked.getAndIncrement() >= last);
      registry.requests.clear();
      try {
        finished = update.run().replaced();
      } catch (OverlayException e) {
        assertEquals(ProblemCode.MERGE_CANCELLED, e.problems().get(0).code(), e.toString());
        assertEquals("second", Files.readString(root(follower, "one").resolve("shared")));
        assertTrue(follower.instances().stream().allMatch(each -> each.mount().isPresent()));
        assertTrue(
            namesIn(place(follower)).stream().noneMatch(name -> name.startsWith("unfinished")),
            () -> "question " + last);
      }
    }
    assertTrue(cancelled > 5, "only " + cancelled + " questions");
    assertEquals(0, registry.requestsOf("GET").count(), "what was pulled is not pulled again");
    assertEquals("third", Files.readString(root(follower, "one").resolve("shared")));
  }

  @Test
  void progressOfAnUpdateEndsWithTheWholeArchive() throws IOException {
    publishText("second");
    List<UnpackProgress> seen = new ArrayList<>();
    follower.update(image).progress(seen::add).run();
    UnpackProgress last = seen.get(seen.size() - 1);
    long size =
        OciLayout.at(place(follower).resolve("images"))
            .find(LowerPublication.NAME)
            .layers()
            .get(0)
            .size();
    assertEquals(List.of(size, size), List.of(last.bytes(), last.totalBytes()));
  }

  @Test
  void cancelledPublicationLeavesTheImageOfTheRegistry() throws IOException {
    publishText("second");
    Optional<String> before = image.digest();
    Files.writeString(root(publisher, "one").resolve("shared"), "third");
    publisher.maintain();
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      int last = i;
      asked.set(0);
      LowerPublication publication =
          publisher.publication(image).cancelWhen(() -> asked.getAndIncrement() >= last);
      OverlayException e = assertThrows(OverlayException.class, publication::run);
      assertEquals(ProblemCode.MERGE_CANCELLED, e.problems().get(0).code(), e.toString());
      assertEquals(before, image.digest());
    }
    assertTrue(publisher.publish(image).pushed());
  }

  @Test
  void missingImageIsNamed() throws IOException {
    assertRefused(ProblemCode.IMAGE_NOT_FOUND, image.toString(), follower.update(image));
  }

  @Test
  void missingLowerIsMade() throws IOException {
    publishText("second");
    Files.delete(follower.lower());
    assertTrue(follower.follow(image).replaced());
    assertEquals("second", Files.readString(root(follower, "one").resolve("shared")));
    assertEquals(List.of("images", "lock", "lower.image"), namesIn(place(follower)));
  }

  @Test
  void viewOfAnotherCacheKeepsTheLower() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    try (OverlayMount reader =
        Overlays.mount(OverlaySpec.builder().lower(follower.lower()).ephemeral().build())) {
      OverlayException e =
          assertThrows(OverlayException.class, () -> follower.follow(image), reader::toString);
      assertEquals(ProblemCode.LAYER_IN_USE, e.problems().get(0).code(), e.toString());
      assertEquals("second", Files.readString(follower.lower().resolve("shared")));
    }
    registry.requests.clear();
    assertTrue(follower.follow(image).replaced());
    assertEquals(0, registry.requestsOf("GET").count(), "it was unpacked before");
  }

  @Test
  void severalLayersBecomeOneLower() throws IOException {
    Path base = Files.createDirectories(memory.getPath("/x/base"));
    Path increment = Files.createDirectories(memory.getPath("/x/increment"));
    Files.writeString(base.resolve("shared"), "base");
    Files.writeString(base.resolve("kept"), "kept");
    Files.writeString(increment.resolve("shared"), "increment");
    image.push(
        OciImage.of(
                List.of(
                    OciLayer.of(base, MarkNamespace.TRUSTED),
                    OciLayer.of(increment, MarkNamespace.TRUSTED)))
            .writeTo(OciLayout.at(memory.getPath("/x/images")), "v"));
    follower.follow(image);
    assertEquals("increment", Files.readString(root(follower, "one").resolve("shared")));
    assertEquals(List.of("kept", "shared"), namesIn(follower.lower()));
    assertEquals(List.of("images", "lock", "lower.image", "old-1"), namesIn(place(follower)));
  }

  /** The image is whole, and its archive is another one than its content gives. */
  @Test
  void unpackedContentIsComparedWithThePublishedOne() throws IOException {
    publishText("second");
    follower.follow(image);
    Files.writeString(root(publisher, "one").resolve("shared"), "third");
    publisher.maintain();
    publisher.publication(image).exporting(layer -> layer.compression(OciCompression.NONE)).run();
    String manifest = new String(registry.manifests.get("v1"), UTF_8);
    StoredImage stored =
        OciLayout.at(place(publisher).resolve("images")).find(LowerPublication.NAME);
    String layer = stored.layers().get(0).digest();
    byte[] archive = registry.blobs.get(layer);
    String longer = registry.putBlob(Arrays.copyOf(archive, archive.length + 1024));
    String config =
        registry.putBlob(
            new String(registry.blobs.get(stored.config().digest()), UTF_8)
                .replace(layer, longer)
                .getBytes(UTF_8));
    registry.manifests.put(
        "v1",
        manifest
            .replace(layer, longer)
            .replace("" + archive.length, "" + (archive.length + 1024))
            .replace(stored.config().digest(), config)
            .getBytes(UTF_8));
    assertRefused(ProblemCode.IMAGE_BLOB_WRONG, "what was published", follower.update(image));
  }

  @Test
  void damagedImageLeavesTheLower() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    registry.blobs.replaceAll((digest, content) -> new byte[content.length]);
    assertRefused(ProblemCode.IMAGE_BLOB_WRONG, "sha256:", follower.update(image));
  }

  @Test
  void imageOfAnotherMachineIsNotOverwritten() throws IOException {
    publishText("second");
    follower.follow(image);
    publishText("third");
    Files.writeString(root(follower, "one").resolve("own"), "one's");
    follower.maintain();
    OverlayException e = assertThrows(OverlayException.class, () -> follower.publish(image));
    assertEquals(ProblemCode.CACHE_IMAGE_FOREIGN, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains(image.digest().orElseThrow()), e.toString());
    assertTrue(follower.publication(image).overwriting().run().pushed());
  }

  @Test
  void everyMachineMayPublish() throws IOException {
    publishText("second");
    follower.follow(image);
    Files.writeString(root(follower, "one").resolve("own"), "one's");
    follower.maintain();
    assertTrue(follower.publish(image).pushed());
    assertTrue(publisher.follow(image).replaced());
    assertEquals("one's", Files.readString(root(publisher, "one").resolve("own")));
  }
}
