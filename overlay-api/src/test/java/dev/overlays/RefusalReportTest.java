package dev.overlays;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What leads when no backend serves a spec. */
class RefusalReportTest {
  private static final Path LOWER = Path.of("/typo");
  private static final OverlaySpec SPEC =
      OverlaySpec.builder().lower(LOWER).instance(Path.of("/instance")).build();
  private static final Problem NO_RIGHTS =
      Problem.of(ProblemCode.PRIVILEGE_MISSING, "It may not mount.", "Be root.");
  private static final Problem NO_PROGRAM =
      Problem.of(ProblemCode.PROGRAM_MISSING, "It is not installed.", "Install it.");
  private static final Problem MARKS =
      Problem.of(ProblemCode.USERXATTR_REQUIRED, LOWER, "It has no marks.", "Say userxattr.");
  private static final Problem TYPO =
      Problem.of(ProblemCode.LAYER_NOT_FOUND, LOWER, "There is none.", "Correct it.");

  private static OverlayBackend stubBackend(
      String name,
      Supplier<Optional<Problem>> unavailable,
      Supplier<Optional<Problem>> declines,
      Problem... found) {
    return new StubBackend(name, 1, unavailable, declines, Optional::empty, List.of(found));
  }

  private static List<String> reportMessages(OverlayBackend... backends) {
    List<OverlayBackend> asked = List.of(backends);
    return RefusalReport.listProblems(ChosenBackend.among(asked, SPEC), asked, List.of(), SPEC)
        .stream()
        .map(Problem::message)
        .toList();
  }

  /** As an ordinary user meets it who has mistyped a path and left out an option. */
  @Test
  void wrongPathsComeFirstThenTheNearestRemedy() {
    OverlayBackend kernel =
        stubBackend("kernel", () -> Optional.of(NO_RIGHTS), Optional::empty, TYPO);
    OverlayBackend rootless = stubBackend("rootless", Optional::empty, () -> Optional.of(MARKS));
    OverlayBackend fuse =
        stubBackend("fuse", () -> Optional.of(NO_PROGRAM), Optional::empty, TYPO, MARKS);
    assertEquals(
        List.of(
            "There is none.",
            "Backend rootless: It has no marks.",
            "Backend fuse: It is not installed.",
            "Backend kernel: It may not mount."),
        reportMessages(kernel, rootless, fuse));
  }

  @Test
  void theOnlyBackendIsNotNamed() {
    assertEquals(
        List.of("It has no marks."),
        reportMessages(stubBackend("rootless", Optional::empty, () -> Optional.of(MARKS))));
  }

  @Test
  void aBackendThatWantsToBeNamedComesLast() {
    OverlayBackend memory =
        new StubBackend(
            "memory", 1, Optional::empty, Optional::empty, () -> Optional.of(MARKS), List.of());
    OverlayBackend kernel = stubBackend("kernel", () -> Optional.of(NO_RIGHTS), Optional::empty);
    assertEquals(
        List.of("Backend kernel: It may not mount.", "Backend memory: It has no marks."),
        reportMessages(memory, kernel));
  }

  /** As on another platform, where no backend works for one and the same reason. */
  @Test
  void sharedReasonsAreReportedOnceWithAllNames() {
    OverlayBackend kernel = stubBackend("kernel", () -> Optional.of(NO_RIGHTS), Optional::empty);
    OverlayBackend fuse = stubBackend("fuse", () -> Optional.of(NO_PROGRAM), Optional::empty);
    OverlayBackend rootless =
        stubBackend("rootless", () -> Optional.of(NO_RIGHTS), Optional::empty);
    assertEquals(
        List.of(
            "Backend fuse: It is not installed.", "Backends kernel, rootless: It may not mount."),
        reportMessages(kernel, fuse, rootless));
  }
}
