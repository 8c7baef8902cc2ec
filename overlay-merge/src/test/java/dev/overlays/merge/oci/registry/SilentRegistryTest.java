package dev.overlays.merge.oci.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.value.TransferProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry that takes a request and then says nothing. */
@Timeout(60)
class SilentRegistryTest extends RegistryTestBase {

  SilentRegistryTest() throws IOException {}

  private OciRegistry place() {
    return registry.image(":v1").silenceLimit(Duration.ofMillis(200));
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD /v2/team/cache/blobs, push",
    "POST /v2/team/cache/blobs, push",
    "PUT /v2/team/cache/blobs, push",
    "PUT /v2/team/cache/manifests, push",
    "GET /v2/team/cache/manifests, pull",
    "GET /v2/team/cache/blobs, pull",
    "HEAD /v2/team/cache/manifests, digest",
    "GET /v2/, login",
    "GET /token, login"
  })
  void silenceIsTold(String silentAt, String action) throws IOException {
    registry.image(":v1").push(image);
    if (action.equals("push")) {
      registry.blobs.clear();
    }
    registry.silentAt = silentAt;
    if (silentAt.equals("GET /token")) {
      registry.authorization = "Bearer secret";
      registry.challenge = "Bearer realm=\"http://" + registry.host() + "/token\"";
    }
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () -> {
              switch (action) {
                case "push" -> place().push(image);
                case "pull" -> place().pull(OciLayout.at(fileSystem.getPath("/pulled")), "v1");
                case "digest" -> place().digest();
                default -> place().credentials("me", "password").digest();
              }
            });
    assertEquals(ProblemCode.REGISTRY_NOT_REACHED, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains("for 0.2 seconds"), e.toString());
    assertTrue(e.getMessage().contains(registry.host()), e.toString());
    assertFalse(Thread.currentThread().isInterrupted());
  }

  /** The caller's own time between two reads is no silence. */
  @Test
  void slowListenerIsNoSilence() throws IOException {
    Duration limit = Duration.ofSeconds(2);
    registry.image(":v1").push(image);
    registry.blobs.clear();
    registry.image(":v1").silenceLimit(limit).progress(waitOnce(limit)).push(image);
    registry
        .image(":v1")
        .silenceLimit(limit)
        .progress(waitOnce(limit))
        .pull(OciLayout.at(fileSystem.getPath("/pulled")), "v1")
        .verify();
  }

  private static Consumer<TransferProgress> waitOnce(Duration limit) {
    AtomicBoolean waited = new AtomicBoolean();
    return done -> {
      long end = System.nanoTime() + limit.toNanos() * 3 / 2;
      while (!waited.get() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      waited.set(true);
    };
  }

  @Test
  void limitIsPositive() {
    OciRegistry place = registry.image(":v1");
    assertThrows(IllegalArgumentException.class, () -> place.silenceLimit(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> place.silenceLimit(Duration.ofSeconds(-1)));
  }
}
