package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests {@link MergeFailures} and {@link OpeningFailures}. */
class TranslatedFailureTest {
  private static OverlayException stopped(IOException failure) {
    return assertThrows(
        OverlayException.class,
        () ->
            MergeFailures.runTranslated(
                "check",
                List.of(),
                () -> {
                  throw failure;
                }));
  }

  private static OverlayException unopened(IOException failure) {
    return assertThrows(
        OverlayException.class,
        () ->
            OpeningFailures.runTranslated(
                () -> {
                  throw failure;
                }));
  }

  @Test
  void stoppedWorkNamesThePathTheReasonAndTheCause() {
    IOException failure = new FileSystemException("/upper/a", null, "input/output error");
    OverlayException e = stopped(failure);
    Problem problem = e.problems().get(0);
    assertSame(failure, e.getCause());
    assertEquals(ProblemCode.MERGE_STOPPED, problem.code());
    assertEquals(Optional.of(Path.of("/upper/a")), problem.path());
    assertEquals(
        "The check stopped here: input/output error. What the view shows is unchanged.",
        problem.message());
    assertTrue(problem.remedy().contains("run the check again"), problem.remedy());
  }

  @Test
  void failureWithoutAPathIsTranslatedToo() {
    for (OverlayException e :
        List.of(
            stopped(new EOFException("short")),
            unopened(new EOFException("short")),
            stopped(new NoSuchFileException(null)),
            unopened(new NoSuchFileException(null)))) {
      assertEquals(Optional.empty(), e.problems().get(0).path());
    }
    assertTrue(stopped(new EOFException("short")).getMessage().contains("short"));
  }

  /** The path of a failure may hold what no path of this JVM can. */
  @Test
  void pathThatCannotBeShownIsReplaced() {
    Problem problem = stopped(new NoSuchFileException("/upper/\0")).problems().get(0);
    assertEquals(Optional.of(Path.of("/upper/?")), problem.path());
  }

  @Test
  void unopenedLayerHasTheCodeOfItsCause() {
    Map<IOException, ProblemCode> codes =
        Map.of(
            new NoSuchFileException("/l"), ProblemCode.LAYER_NOT_FOUND,
            new NotDirectoryException("/l"), ProblemCode.LAYER_NOT_DIRECTORY,
            new AccessDeniedException("/l"), ProblemCode.LAYER_NOT_ACCESSIBLE);
    codes.forEach(
        (failure, code) -> {
          OverlayException e = unopened(failure);
          assertEquals(code, e.problems().get(0).code());
          assertEquals(Optional.of(Path.of("/l")), e.problems().get(0).path());
          assertSame(failure, e.getCause());
        });
  }

  @Test
  void problemThatIsOneAlreadyStaysAsItIs() {
    OverlayException e =
        new OverlayException(
            Problem.of(ProblemCode.LAYER_LOCKED, Path.of("/l"), "message", "remedy"));
    assertSame(e, stopped(e));
    assertSame(e, unopened(e));
  }

  @Test
  void viewWithoutAnUpperIsRefusedBeforeAnyWork() {
    OverlaySpec spec =
        OverlaySpec.builder().lower(Path.of("/top")).lower(Path.of("/bottom")).build();
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () ->
                OpeningFailures.runTranslated(
                    spec,
                    () -> {
                      throw new AssertionError("nothing may be opened");
                    }));
    assertEquals(ProblemCode.MERGE_WITHOUT_UPPER, e.problems().get(0).code());
    assertEquals(Optional.of(Path.of("/top")), e.problems().get(0).path());
  }
}
