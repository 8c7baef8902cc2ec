package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about how a backend identifies itself, whether it is usable here or not. */
abstract class IdentityPromises extends ContractPromises {

  IdentityPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private OverlayBackend testedBackend() {
    return sandbox().backend();
  }

  private boolean isAvailable() {
    return testedBackend().whyUnavailable().isEmpty();
  }

  @Test
  @DisplayName("1.1 the name is a short one in small letters, and always the same")
  void nameNeverChanges() {
    String name = testedBackend().name();
    assertTrue(name.matches("[a-z][a-z0-9-]{0,30}"), name);
    assertEquals(name, testedBackend().name());
  }

  @Test
  @DisplayName("1.2 the priority is always the same")
  void priorityNeverChanges() {
    assertEquals(testedBackend().priority(), testedBackend().priority());
  }

  @Test
  @DisplayName("1.3 what is in the way is told, and what to do about it")
  void unavailabilityIsExplained() {
    Optional<Problem> reason = testedBackend().whyUnavailable();
    reason.ifPresent(ProblemAsserts::assertHelpful);
    assertEquals(reason, testedBackend().whyUnavailable());
  }

  @Test
  @DisplayName("1.4 a spec of paths that it serves is not declined")
  void servesItsOwn() throws IOException {
    OverlaySpec spec = sandbox().specOfLayers().build();
    assertEquals(Optional.empty(), testedBackend().whyDeclined(spec));
  }

  @Test
  @DisplayName("1.5 paths of a provider that it does not serve are declined, not mounted")
  void declinesForeignPaths() throws IOException {
    Path zip = Files.createTempFile("overlays", ".zip");
    Files.delete(zip);
    try (FileSystem archive = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      OverlaySpec spec = sandbox().specOfLayers().lower(archive.getPath("/")).build();
      Optional<Problem> reason = testedBackend().whyDeclined(spec);
      assertTrue(reason.isPresent(), "a directory in a zip file is no layer");
      ProblemAsserts.assertHelpful(reason.get());
      testedBackend().check(spec).forEach(ProblemAsserts::assertHelpful);
    } finally {
      Files.deleteIfExists(zip);
    }
  }

  @Test
  @DisplayName("1.6 the check may be asked of a backend that cannot be used")
  void checksEvenIfUnavailable() throws IOException {
    OverlaySpec spec = sandbox().specOfLayers().build();
    List<Problem> problems = testedBackend().check(spec);
    problems.forEach(ProblemAsserts::assertHelpful);
    assertTrue(problems.isEmpty() || !isAvailable(), problems::toString);
  }

  @Test
  @DisplayName("1.7 a registered backend mounts by its name")
  void mountsByName() throws IOException {
    assumeTrue(isAvailable(), "the backend cannot be used here");
    assumeTrue(isRegistered(sandbox()), "the backend is not found by ServiceLoader here");
    OverlaySpec spec = sandbox().specOfLayers().build();
    sandbox().watchLowers(spec);
    try (OverlayMount mount = Overlays.mount(spec, testedBackend().name())) {
      assertEquals(testedBackend().name(), mount.backend());
      assertTrue(mount.isMounted());
    }
    OverlaySpec missing = sandbox().specOfLayers().lower(sandbox().pathOf("missing")).build();
    assertThrows(OverlayException.class, () -> Overlays.mount(missing, testedBackend().name()));
    assertFalse(Overlays.find(missing.mountPoint().orElseThrow()).isPresent());
  }

  /** Whether {@link Overlays} knows the backend under test. */
  static boolean isRegistered(ContractSandbox sandbox) {
    return Overlays.backends().stream()
        .anyMatch(found -> found.getClass() == sandbox.backend().getClass());
  }
}
