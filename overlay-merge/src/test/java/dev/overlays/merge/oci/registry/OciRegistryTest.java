package dev.overlays.merge.oci.registry;

import static dev.overlays.merge.oci.image.SampleImages.content;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.image.SampleImages;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.value.OciDescriptor;
import dev.overlays.merge.oci.value.TransferProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to a registry and taken from it, and what is refused. */
class OciRegistryTest extends RegistryTestBase {
  private final Path target = fileSystem.getPath("/pulled");
  private final OciLayout pulled = OciLayout.at(target);

  OciRegistryTest() throws IOException {}

  private List<OciDescriptor> allBlobs() {
    return Stream.concat(image.layers().stream(), Stream.of(image.config())).toList();
  }

  private OverlayException assertPullRefused(ProblemCode code, String mentioned)
      throws IOException {
    OverlayException e =
        assertThrows(OverlayException.class, () -> registry.image(":v1").pull(pulled, "v1"));
    assertEquals(code, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
    assertTrue(e.getMessage().contains(registry.host() + "/team/cache:v1"), e.toString());
    return e;
  }

  @Test
  void eachBlobIsSentOnceAndOnlyIfItIsMissing() throws IOException {
    registry.blobs.put(image.layers().get(0).digest(), new byte[0]);
    assertEquals(image.digest(), registry.image(":v1").push(image));
    OciDescriptor layer = image.layers().get(1);
    assertEquals(
        List.of(
            "PUT /v2/team/cache/blobs/uploads/1 " + layer.size(),
            "PUT /v2/team/cache/blobs/uploads/1 " + image.config().size(),
            "PUT /v2/team/cache/manifests/v1 " + image.manifest().size()),
        registry.requestsOf("PUT").toList());
    assertEquals(2, registry.requestsOf("POST").count());
    registry.requests.clear();
    registry.image(":v1").push(image);
    assertEquals(0, registry.requestsOf("POST").count());
    assertEquals(1, registry.requestsOf("PUT").count());
  }

  @Test
  void whatIsPulledIsWhatWasPushed() throws IOException {
    registry.image(":v1").push(image);
    StoredImage back = registry.image(":v1").pull(pulled, "v1");
    back.verify();
    assertEquals(content(fileSystem.getPath("/images")), content(target));
    assertEquals(Optional.of(image.digest()), registry.image(":v1").digest());
    assertEquals(Optional.empty(), registry.image(":v2").digest());
    StoredImage byDigest = registry.image("@" + image.digest()).pull(pulled, "other");
    assertEquals(image.digest(), byDigest.digest());
  }

  @Test
  void onlyMissingOrDamagedBlobsAreFetched() throws IOException {
    registry.image(":v1").push(image);
    registry.image(":v1").pull(pulled, "v1");
    registry.requests.clear();
    registry.image(":v1").pull(pulled, "v2");
    assertEquals(List.of("GET /v2/team/cache/manifests/v1 0"), registry.requestsOf("GET").toList());
    String layer = image.layers().get(1).digest();
    byte[] damaged = new byte[(int) image.layers().get(1).size()];
    Files.write(target.resolve("blobs").resolve(layer.replace(':', '/')), damaged);
    registry.image(":v1").pull(pulled, "v1").verify();
    assertEquals(
        1, registry.requestsOf("GET").filter(request -> request.contains("/blobs/")).count());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void brokenDownloadGoesOnWhereItWas(boolean ranges) throws IOException {
    registry.image(":v1").push(image);
    registry.ranges = ranges;
    registry.breaks.set(2);
    registry.requests.clear();
    registry.image(":v1").pull(pulled, "v1").verify();
    assertEquals(6, registry.requestsOf("GET").count());
  }

  @Test
  void wholeBlobsStayWhenTheConnectionBreaks() throws IOException {
    registry.image(":v1").push(image);
    byte[] layer = registry.blobs.get(image.layers().get(1).digest());
    OciRegistry place =
        registry
            .image(":v1")
            .progress(
                done -> {
                  if (done.blobs() == 2) {
                    registry.breaks.set(3);
                  }
                });
    OverlayException e = assertThrows(OverlayException.class, () -> place.pull(pulled, "v1"));
    assertTrue(e.has(ProblemCode.REGISTRY_NOT_REACHED), e.toString());
    assertEquals(List.of(), pulled.names());
    registry.requests.clear();
    registry.image(":v1").pull(pulled, "v1").verify();
    assertEquals(2, registry.requestsOf("GET").count(), "the manifest and one blob");
    assertEquals(layer.length, image.layers().get(1).size());
  }

  @Test
  void progressEndsWithEverything() throws IOException {
    List<TransferProgress> seen = new ArrayList<>();
    registry.image(":v1").progress(seen::add).push(image);
    TransferProgress last = seen.get(seen.size() - 1);
    long bytes = allBlobs().stream().mapToLong(OciDescriptor::size).sum();
    assertEquals(List.of(3, 3), List.of(last.blobs(), last.totalBlobs()));
    assertEquals(List.of(bytes, bytes), List.of(last.bytes(), last.totalBytes()));
  }

  @Test
  void exceptionOfTheListenerEndsTheTransfer() throws IOException {
    OciRegistry place =
        registry
            .image(":v1")
            .progress(
                done -> {
                  throw new IllegalStateException("enough");
                });
    assertThrows(IllegalStateException.class, () -> place.push(image));
    assertEquals(Map.of(), registry.manifests);
    registry.image(":v1").push(image);
    assertThrows(IllegalStateException.class, () -> place.pull(pulled, "v1"));
    assertFalse(Files.exists(target));
  }

  @Test
  void cancelledTransferGoesOnWithTheRest() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () -> registry.image(":v1").cancelWhen(() -> asked.incrementAndGet() > 2).push(image));
    assertEquals(ProblemCode.MERGE_CANCELLED, e.problems().get(0).code(), e.toString());
    assertEquals(Map.of(), registry.manifests);
    registry.image(":v1").push(image);
    e =
        assertThrows(
            OverlayException.class,
            () -> registry.image(":v1").cancelWhen(() -> true).pull(pulled, "v1"));
    assertEquals(ProblemCode.MERGE_CANCELLED, e.problems().get(0).code(), e.toString());
    assertFalse(Files.exists(target), "nothing was transferred");
    asked.set(0);
    OciRegistry place =
        registry.image(":v1").cancelWhen(() -> asked.incrementAndGet() > 3).cancelWhen(() -> false);
    assertThrows(OverlayException.class, () -> place.pull(pulled, "v1"));
    assertEquals(List.of(), pulled.names());
    registry.requests.clear();
    registry.image(":v1").pull(pulled, "v1").verify();
    assertTrue(registry.requestsOf("GET").count() < 4, () -> registry.requests.toString());
  }

  @Test
  void damagedLayerIsNotPushed() throws IOException {
    Path file =
        fileSystem
            .getPath("/images/blobs")
            .resolve(image.layers().get(1).digest().replace(':', '/'));
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length - 1] ^= 1;
    Files.write(file, damaged);
    OverlayException e =
        assertThrows(OverlayException.class, () -> registry.image(":v1").push(image));
    assertEquals(ProblemCode.IMAGE_BLOB_WRONG, e.problems().get(0).code(), e.toString());
    assertEquals(file, e.problems().get(0).path().orElseThrow());
    assertEquals(Map.of(), registry.manifests);
    Files.delete(file);
    e = assertThrows(OverlayException.class, () -> registry.image(":v1").push(image));
    assertTrue(e.has(ProblemCode.IMAGE_BLOB_MISSING), e.toString());
  }

  /** It goes between the questions to the registry and the answer. */
  @Test
  void layerThatVanishesDuringAPushIsNamed() throws IOException {
    String layer = image.layers().get(1).digest();
    Path file = fileSystem.getPath("/images/blobs").resolve(layer.replace(':', '/'));
    OciRegistry place =
        registry
            .image(":v1")
            .progress(
                done -> {
                  if (done.blobs() == 1) {
                    deleteIfExists(file);
                  }
                });
    OverlayException e = assertThrows(OverlayException.class, () -> place.push(image));
    assertTrue(e.has(ProblemCode.IMAGE_BLOB_MISSING), e.toString());
    assertEquals(file, e.problems().get(0).path().orElseThrow());
    assertEquals(Map.of(), registry.manifests);
  }

  private static void deleteIfExists(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void wrongBlobsOfARegistryAreRefused() throws IOException {
    registry.image(":v1").push(image);
    String layer = image.layers().get(1).digest();
    byte[] right = registry.blobs.get(layer);
    byte[] wrong = right.clone();
    wrong[0] ^= 1;
    registry.blobs.put(layer, wrong);
    assertPullRefused(ProblemCode.IMAGE_BLOB_WRONG, layer);
    registry.blobs.put(layer, new byte[right.length + 1]);
    assertPullRefused(ProblemCode.IMAGE_BLOB_WRONG, "more than " + right.length);
    registry.blobs.put(layer, new byte[1]);
    assertPullRefused(ProblemCode.IMAGE_BLOB_WRONG, "it has 1 bytes");
    registry.blobs.remove(layer);
    assertPullRefused(ProblemCode.IMAGE_BLOB_MISSING, layer);
    assertFalse(Files.exists(target));
  }

  @Test
  void wrongManifestsOfARegistryAreRefused() throws IOException {
    registry.image(":v1").push(image);
    byte[] right = registry.manifests.get("v1");
    registry.mediaType = "application/vnd.oci.image.index.v1+json";
    registry.manifests.put("v1", "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(UTF_8));
    assertPullRefused(ProblemCode.IMAGE_UNSUPPORTED, "list of images");
    registry.mediaType = "text/html";
    registry.manifests.put("v1", "<html>".getBytes(UTF_8));
    assertPullRefused(ProblemCode.IMAGE_BROKEN, "JSON");
    registry.manifests.put("v1", new byte[5 << 20]);
    assertPullRefused(ProblemCode.IMAGE_TOO_LARGE, "4194304");
    registry.manifests.remove("v1");
    assertPullRefused(ProblemCode.IMAGE_NOT_FOUND, "in the registry");
    registry.manifests.put(image.digest(), new byte[1]);
    OverlayException e =
        assertThrows(
            OverlayException.class, () -> registry.image("@" + image.digest()).pull(pulled, "v1"));
    assertTrue(e.has(ProblemCode.IMAGE_BLOB_WRONG), e.toString());
    registry.manifests.put("v1", right);
    e =
        assertThrows(
            OverlayException.class, () -> registry.image(":v1").maxBytes(1000).pull(pulled, "v1"));
    assertTrue(e.has(ProblemCode.IMAGE_TOO_LARGE), e.toString());
    assertFalse(Files.exists(target));
  }

  @Test
  void unusableCertificatesAreTold(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("certificates");
    OciRegistry place = registry.image(":v1").certificates(file);
    OverlayException e = assertThrows(OverlayException.class, place::digest);
    assertTrue(e.has(ProblemCode.REGISTRY_NOT_REACHED), e.toString());
    for (String content : new String[] {"", "no certificate"}) {
      Files.writeString(file, content);
      e = assertThrows(OverlayException.class, place::digest);
      assertEquals(file, e.problems().get(0).path().orElseThrow());
    }
  }

  /** Nothing of a refused image stays in a layout that has others. */
  @Test
  void refusedImageLeavesTheLayoutAsItWas() throws IOException {
    registry.image(":v1").push(image);
    StoredImage other = SampleImages.twoLayers(fileSystem).label("l", "m").writeTo(pulled, "other");
    Map<String, String> before = content(target);
    registry.blobs.put(image.config().digest(), new byte[3]);
    assertPullRefused(ProblemCode.IMAGE_BLOB_WRONG, image.config().digest());
    assertEquals(before, content(target));
    other.verify();
  }

  @Test
  void refusalsOfARegistryAreTold() throws IOException {
    registry.uploadStatus = 507;
    OverlayException e =
        assertThrows(OverlayException.class, () -> registry.image(":v1").push(image));
    assertTrue(e.has(ProblemCode.REGISTRY_REFUSED), e.toString());
    assertTrue(e.getMessage().contains("status 507 (the disk is full)"), e.toString());
    registry.close();
    e = assertThrows(OverlayException.class, () -> registry.image(":v1").push(image));
    assertTrue(e.has(ProblemCode.REGISTRY_NOT_REACHED), e.toString());
    assertTrue(e.getMessage().contains("ConnectException"), e.toString());
  }

  @Test
  void credentialsAreSent() throws IOException {
    registry.authorization =
        "Basic " + Base64.getEncoder().encodeToString("me:a:b".getBytes(UTF_8));
    OverlayException e =
        assertThrows(OverlayException.class, () -> registry.image(":v1").push(image));
    assertTrue(e.has(ProblemCode.REGISTRY_DENIED), e.toString());
    registry.image(":v1").credentials("me", "a:b").push(image);
    Path file = Files.createTempFile("overlays-auth", "");
    try {
      Files.writeString(
          file,
          "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"bWU6YTpi\"}},\"HttpHeaders\":{}}");
      registry.image(":v1").credentialFiles(List.of(file)).pull(pulled, "v1").verify();
    } finally {
      Files.delete(file);
    }
  }

  /** The blob is still sent once: the token comes with the request before it. */
  @Test
  void tokensAreFetched() throws IOException {
    registry.authorization = "Bearer secret";
    registry.challenge =
        "Bearer realm=\"http://"
            + registry.host()
            + "/token\",service=\"test\",scope=\"repository:team/cache:pull,push\"";
    registry.image(":v1").credentials("me", "password").push(image);
    for (OciDescriptor blob : allBlobs()) {
      assertEquals(
          1,
          registry.requestsOf("PUT").filter(put -> put.endsWith(" " + blob.size())).count(),
          registry.requests.toString());
      assertEquals(blob.size(), registry.blobs.get(blob.digest()).length);
    }
    registry.image(":v1").credentials("me", "password").pull(pulled, "v1").verify();
    assertArrayEquals(
        registry.manifests.get("v1"),
        Files.readAllBytes(target.resolve("blobs").resolve(image.digest().replace(':', '/'))));
  }

  /** Docker's documents are taken as they are, so that the digest stays. */
  @Test
  void imageOfDockerIsPulled() throws IOException {
    registry.image(":v1").push(image);
    String docker =
        new String(registry.manifests.get("v1"), UTF_8)
            .replace(
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.docker.distribution.manifest.v2+json")
            .replace(
                "application/vnd.oci.image.config.v1+json",
                "application/vnd.docker.container.image.v1+json")
            .replace(
                "application/vnd.oci.image.layer.v1.tar",
                "application/vnd.docker.image.rootfs.diff.tar");
    registry.manifests.put("v1", docker.getBytes(UTF_8));
    registry.mediaType = "application/vnd.docker.distribution.manifest.v2+json";
    StoredImage back = registry.image(":v1").pull(pulled, "v1");
    back.verify();
    assertEquals(RegistryInMemory.digest(docker.getBytes(UTF_8)), back.digest());
    assertEquals(image.diffIds(), back.diffIds());
  }

  @ParameterizedTest
  @CsvSource({
    "registry.example/a:v1, registry.example/a:v1, false",
    "registry.example:5000/a/b_c, registry.example:5000/a/b_c:latest, false",
    "localhost/a, localhost/a:latest, true",
    "127.8.9.1:5000/a, 127.8.9.1:5000/a:latest, true",
    "127.8.9.1.example/a, 127.8.9.1.example/a:latest, false",
    "[::1]:5000/a, [::1]:5000/a:latest, true",
    "docker.io/debian:12, docker.io/library/debian:12, false"
  })
  void referencesAreRead(String text, String meant, boolean loopback) {
    assertEquals(meant, OciRegistry.of(text).toString());
    assertEquals(loopback, ImageReference.parse(text).isLoopback());
    String address = ImageReference.parse(text).address(loopback, "x").toString();
    assertTrue(address.startsWith(loopback ? "http://" : "https://"), address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "debian",
        "debian:12",
        "team/cache:v1",
        "registry.example",
        "registry.example/",
        "registry.example/A:v1",
        "registry.example/a:-",
        "registry.example/a@sha256:12",
        "registry.example/../a",
        "user@registry.example/a",
        "http://registry.example/a",
        "registry.example/a?b"
      })
  void wrongReferencesAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> OciRegistry.of(text));
  }
}
