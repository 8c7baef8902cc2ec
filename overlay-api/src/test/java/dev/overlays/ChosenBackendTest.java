package dev.overlays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which backend serves a spec. */
class ChosenBackendTest {
  private static final OverlaySpec SPEC =
      OverlaySpec.builder().lower(Path.of("/lower")).instance(Path.of("/instance")).build();
  private static final Problem MISSING =
      Problem.of(ProblemCode.OVERLAYFS_MISSING, "It is missing.", "Add it.");
  private static final Problem FOREIGN =
      Problem.of(ProblemCode.PATH_PROVIDER_UNSUPPORTED, "It is foreign.", "Ask another.");

  private static final OverlayBackend GOOD =
      new StubBackend("good", 3, Optional::empty, Optional::empty);
  private static final OverlayBackend OTHER =
      new StubBackend("other", 2, Optional::empty, Optional::empty);
  private static final OverlayBackend UNAVAILABLE =
      new StubBackend("unavailable", 9, () -> Optional.of(MISSING), Optional::empty);
  private static final OverlayBackend DECLINING =
      new StubBackend("declining", 8, Optional::empty, () -> Optional.of(FOREIGN));
  private static final OverlayBackend BROKEN =
      new StubBackend("broken", 7, ChosenBackendTest::failWhenAsked, Optional::empty);

  private static Optional<Problem> failWhenAsked() {
    throw new NoClassDefFoundError("gone");
  }

  private static List<Problem> problemsOf(ChosenBackend choice) {
    return choice.refusals().stream().map(BackendRefusal::problem).toList();
  }

  @Test
  void choosesTheFirstThatCanMount() {
    ChosenBackend choice = ChosenBackend.among(List.of(GOOD, OTHER), SPEC);
    assertEquals(Optional.of(GOOD), choice.backend());
    assertEquals(List.of(), choice.refusals());
  }

  @Test
  void keepsTheRefusalsOfThoseBefore() {
    ChosenBackend choice =
        ChosenBackend.among(List.of(UNAVAILABLE, DECLINING, BROKEN, GOOD, OTHER), SPEC);
    assertEquals(Optional.of(GOOD), choice.backend());
    assertEquals(List.of(MISSING, FOREIGN), problemsOf(choice).subList(0, 2));
    Problem broken = problemsOf(choice).get(2);
    assertEquals(ProblemCode.BACKEND_BROKEN, broken.code());
    assertTrue(broken.message().contains("broken"), broken::message);
    assertTrue(broken.message().contains("gone"), broken::message);
  }

  @Test
  void choosesNoneIfNoneCanMount() {
    ChosenBackend choice = ChosenBackend.among(List.of(UNAVAILABLE, DECLINING), SPEC);
    assertEquals(Optional.empty(), choice.backend());
    assertEquals(List.of(MISSING, FOREIGN), problemsOf(choice));
  }

  @Test
  void aFailingBackendDoesNotStopTheRest() {
    OverlayBackend failing =
        new StubBackend("failing", 9, Optional::empty, ChosenBackendTest::failWhenAsked);
    ChosenBackend choice = ChosenBackend.among(List.of(failing, GOOD), SPEC);
    assertEquals(Optional.of(GOOD), choice.backend());
    assertEquals(ProblemCode.BACKEND_BROKEN, problemsOf(choice).get(0).code());
  }

  /** The module of the API alone has no backend at all. */
  @Test
  void checkReportsThatThereIsNoBackend() {
    List<Problem> problems = Overlays.check(SPEC);
    assertEquals(List.of(ProblemCode.NO_BACKEND), problems.stream().map(Problem::code).toList());
  }
}
