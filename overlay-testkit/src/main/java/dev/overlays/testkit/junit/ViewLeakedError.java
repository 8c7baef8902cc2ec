package dev.overlays.testkit.junit;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;

/**
 * Thrown when the view of a test is still in use after the test. The view is unmounted
 * nevertheless.
 */
public final class ViewLeakedError extends AssertionFailedError {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  ViewLeakedError(Path view, OverlayException busy) {
    super(
        "The test has ended, but its view "
            + view
            + " is still in use. Close every file, stream and channel of it, and end the processes"
            + " that the test has started:\n"
            + busy.problems().stream().map(Problem::toString).collect(Collectors.joining("\n")),
        busy);
    problems = busy.problems();
  }

  /**
   * Returns the holders of the view.
   *
   * @return the problems of the unmount, one for each visible holder
   */
  public List<Problem> problems() {
    return problems;
  }
}
