package dev.overlays.testkit.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about unmounting a view that is in use. */
abstract class BusyPromises extends ContractPromises {
  private static final UnmountOptions PATIENT = UnmountOptions.waitingUpTo(Duration.ofMinutes(1));

  BusyPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private OverlayMount mountWithFile() throws IOException {
    sandbox().assumeDeclared(Capability.BUSY_DETECTION);
    sandbox().makeFile("lower/directory/file", "content");
    return sandbox().mount();
  }

  private static Path fileIn(OverlayMount mount) {
    return mount.root().resolve("directory/file");
  }

  @Test
  @DisplayName("8.1 a view that is in use stays mounted and usable, and the refusal says so")
  void refusesWhileInUse() throws IOException {
    OverlayMount mount = mountWithFile();
    try (InputStream stream = Files.newInputStream(fileIn(mount))) {
      OverlayException e = assertThrows(OverlayException.class, mount::close);
      ProblemAsserts.assertTold(
          e.problems(),
          sandbox().isStrict(),
          List.of(ProblemCode.MOUNT_BUSY),
          Optional.of(mount.root()));
      assertTrue(mount.isMounted());
      assertEquals("content", new String(stream.readAllBytes(), UTF_8));
      Files.writeString(mount.root().resolve("new"), "new");
    }
    mount.close();
    assertFalse(mount.isMounted());
    assertEquals("new", Files.readString(sandbox().pathOf("upper/new")));
  }

  @Test
  @DisplayName("8.2 the refusal names who uses it, and which file")
  void namesTheHolder() throws IOException {
    sandbox().assumeDeclared(Capability.HOLDERS_NAMED);
    try (OverlayMount mount = mountWithFile()) {
      try (InputStream stream = Files.newInputStream(fileIn(mount))) {
        assertEquals('c', stream.read());
        OverlayException e = assertThrows(OverlayException.class, mount::close);
        ProblemAsserts.assertTold(
            e.problems(),
            sandbox().isStrict(),
            List.of(ProblemCode.MOUNT_HELD),
            Optional.of(fileIn(mount)));
        assertTrue(
            e.problems().stream()
                .map(Problem::toString)
                .anyMatch(problem -> problem.contains(fileIn(mount).toString())),
            e::toString);
      }
    }
  }

  @Test
  @DisplayName("8.6 who uses it is named on request, too, and nobody when there is nobody")
  void namesTheHolderOnRequest() throws IOException {
    sandbox().assumeDeclared(Capability.HOLDERS_NAMED);
    OverlayMount mount = mountWithFile();
    assertEquals(List.of(), mount.holders());
    try (InputStream stream = Files.newInputStream(fileIn(mount))) {
      assertEquals('c', stream.read());
      ProblemAsserts.assertTold(
          mount.holders(),
          sandbox().isStrict(),
          List.of(ProblemCode.MOUNT_HELD),
          Optional.of(fileIn(mount)));
    }
    assertEquals(List.of(), mount.holders());
    mount.close();
    assertEquals(List.of(), mount.holders());
  }

  @Test
  @DisplayName("8.3 who waits gets it unmounted as soon as the last one lets go")
  void waitsForTheLastHolder() throws IOException {
    try (OverlayMount mount = mountWithFile()) {
      InputStream stream = Files.newInputStream(fileIn(mount));
      CompletableFuture<Void> closing =
          CompletableFuture.runAsync(() -> closeUnchecked(mount, PATIENT));
      stream.close();
      closing.join();
      assertFalse(mount.isMounted());
    }
  }

  private static void closeUnchecked(OverlayMount mount, UnmountOptions options) {
    try {
      mount.close(options);
    } catch (OverlayException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("8.4 a wait ends with its time, or with an interrupt, and the view stays mounted")
  void waitEndsInTimeOrByInterrupt() throws IOException {
    try (OverlayMount mount = mountWithFile()) {
      try (InputStream stream = Files.newInputStream(fileIn(mount))) {
        assertEquals('c', stream.read());
        UnmountOptions brief = UnmountOptions.waitingUpTo(Duration.ofNanos(1));
        assertThrows(OverlayException.class, () -> mount.close(brief));
        Thread.currentThread().interrupt();
        assertThrows(OverlayException.class, () -> mount.close(PATIENT));
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertTrue(mount.isMounted());
      } finally {
        Thread.interrupted();
      }
    }
  }

  @Test
  @DisplayName("8.5 it is unmounted lazily on request, and its upper stays in use until it is free")
  void unmountsLazilyOnRequest() throws IOException {
    sandbox().assumeDeclared(Capability.LAZY_UNMOUNT);
    OverlayMount mount = mountWithFile();
    Path file = fileIn(mount);
    try (InputStream stream = Files.newInputStream(file)) {
      assertEquals('c', stream.read());
      mount.close(UnmountOptions.lazily());
      assertFalse(mount.isMounted());
      assertFalse(LifePromises.isShown(file));
      assertEquals(List.of(), sandbox().mountedHere());
      new RefusalCheck(sandbox())
          .assertRefused(
              sandbox().specOfLayers().build(), ProblemCode.UPPER_IN_USE, ProblemCode.LAYER_LOCKED);
    }
    sandbox().mount().close();
  }
}
