package dev.overlays.testkit.junit;

import java.nio.file.Path;
import java.util.List;
import org.opentest4j.AssertionFailedError;

/**
 * Thrown when a fixture has changed since before the tests of a class: something has written to the
 * directory itself, not to a view of it.
 */
public final class FixtureChangedError extends AssertionFailedError {
  private static final long serialVersionUID = 1L;
  private static final int MOST_SHOWN = 100;

  private final transient List<String> changes;

  FixtureChangedError(Path fixture, List<String> changes) {
    super(messageText(fixture, changes));
    this.changes = List.copyOf(changes);
  }

  private static String messageText(Path fixture, List<String> changes) {
    String lines = String.join("\n", changes.subList(0, Math.min(MOST_SHOWN, changes.size())));
    return "The fixture "
        + fixture
        + " was changed while the tests of the class ran, by these or by others:\n"
        + lines
        + (changes.size() > MOST_SHOWN
            ? "\n... and " + (changes.size() - MOST_SHOWN) + " more"
            : "");
  }

  /**
   * Returns the changes.
   *
   * @return the lines of {@link dev.overlays.testkit.tree.TreeSnapshot#differencesTo}
   */
  public List<String> changes() {
    return changes;
  }
}
