package dev.overlays.testkit.junit;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.tree.TreeSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A fixture that is ready for use, with the last snapshot of its content. */
final class PreparedFixture implements AutoCloseable {
  private final Path directory;
  private final boolean made;
  private final ViewMaker views;
  private final Map<FixtureCheck, TreeSnapshot> known = new EnumMap<>(FixtureCheck.class);

  private PreparedFixture(Path directory, boolean made) {
    this.directory = directory;
    this.made = made;
    views = ViewMaker.of(directory);
  }

  /** Returns a fixture in an existing directory, which is never deleted. */
  static PreparedFixture ofExisting(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              directory.toAbsolutePath(),
              "There is no such fixture.",
              "Prepare it before the tests, or correct the path."));
    }
    if (!Files.isDirectory(directory)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_NOT_DIRECTORY,
              directory.toAbsolutePath(),
              "The fixture is not a directory.",
              "Correct the path."));
    }
    return new PreparedFixture(directory.toRealPath(), false);
  }

  /** Returns a fixture whose directory is deleted when the fixture is closed. */
  static PreparedFixture ofTemporary(Path directory) throws IOException {
    return new PreparedFixture(directory.toRealPath(), true);
  }

  FreshView newView(ViewRequest request) throws IOException {
    return views.newView(request);
  }

  /** Takes a snapshot of the fixture, unless an earlier class has taken one. */
  synchronized void takeSnapshot(FixtureCheck check) throws IOException {
    if (check.comparedDetails().isPresent() && !known.containsKey(check)) {
      known.put(check, TreeSnapshot.of(directory, check.comparedDetails().get()));
    }
  }

  /**
   * Compares the fixture with the snapshot. A change is reported once, not by every later class.
   */
  synchronized void requireUnchanged(FixtureCheck check) throws IOException {
    TreeSnapshot before = known.get(check);
    if (before != null) {
      TreeSnapshot now = before.takeAgain();
      known.put(check, now);
      List<String> changes = before.differencesTo(now);
      if (!changes.isEmpty()) {
        throw new FixtureChangedError(directory, changes);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (made) {
      LeftoverRemoval.deleteTree(directory);
    }
  }
}
