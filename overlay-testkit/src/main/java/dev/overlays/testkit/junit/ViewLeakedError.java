package dev.overlays.testkit.junit;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;

/** Thrown when a test has ended and somebody still uses its view, which is gone all the same. */
public final class ViewLeakedError extends AssertionFailedError {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  ViewLeakedError(Path view, OverlayException busy) {
    super(
        "The test is over, but its view "
            + view
            + " is in use. Close every file, stream and channel of it, and end the processes that"
            + " the test has started:\n"
            + busy.problems().stream().map(Problem::toString).collect(Collectors.joining("\n")),
        busy);
    problems = busy.problems();
  }

  /**
   * Returns who uses the view.
   *
   * @return what unmounting has told, one problem for each holder that can be seen
   */
  public List<Problem> problems() {
    return problems;
  }
}
