package dev.overlays.testkit.junit;

import java.nio.file.Path;
import java.util.List;
import org.opentest4j.AssertionFailedError;

/**
 * Thrown when a fixture is not as it was before the tests of a class: somebody has written to the
 * directory itself, not to a view of it.
 */
public final class FixtureChangedError extends AssertionFailedError {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 100;

  private final transient List<String> changes;

  FixtureChangedError(Path fixture, List<String> changes) {
    super(message(fixture, changes));
    this.changes = List.copyOf(changes);
  }

  private static String message(Path fixture, List<String> changes) {
    String lines = String.join("\n", changes.subList(0, Math.min(SHOWN, changes.size())));
    return "The fixture "
        + fixture
        + " was changed while tests ran, by these or by others that ran meanwhile:\n"
        + lines
        + (changes.size() > SHOWN ? "\n... and " + (changes.size() - SHOWN) + " more" : "");
  }

  /**
   * Returns what has changed.
   *
   * @return lines as {@link dev.overlays.testkit.tree.TreeSnapshot#diff} has them
   */
  public List<String> changes() {
    return changes;
  }
}
