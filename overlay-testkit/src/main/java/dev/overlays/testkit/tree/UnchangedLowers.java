package dev.overlays.testkit.tree;

import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.opentest4j.AssertionFailedError;

/**
 * Checks that lowers stay unchanged while views over them are used:
 *
 * <pre>{@code
 * try (UnchangedLowers lowers = UnchangedLowers.of(spec, SnapshotDetail.metadata());
 *     OverlayMount mount = Overlays.mount(spec)) {
 *   ...
 *   lowers.check();
 * }
 * }</pre>
 */
public final class UnchangedLowers implements AutoCloseable {
  private final List<TreeSnapshot> snapshots = new ArrayList<>();

  private UnchangedLowers() {}

  /**
   * Takes snapshots of all lowers of a spec.
   *
   * @param spec the spec; its lowers, data-only ones included, should not change
   * @param details what is recorded and compared
   * @return the check; closing it compares the lowers once more
   * @throws IOException if a lower cannot be read
   */
  public static UnchangedLowers of(OverlaySpec spec, Set<SnapshotDetail> details)
      throws IOException {
    List<Path> lowers = new ArrayList<>(spec.lowers());
    lowers.addAll(spec.dataLowers());
    UnchangedLowers check = new UnchangedLowers();
    for (Path lower : lowers) {
      check.snapshots.add(TreeSnapshot.of(lower, details));
    }
    return check;
  }

  /**
   * Checks that no lower has changed.
   *
   * @throws IOException if a lower cannot be read
   * @throws AssertionFailedError if one has changed, with the differences
   */
  public void assertUnchanged() throws IOException {
    for (TreeSnapshot snapshot : snapshots) {
      snapshot.assertUnchanged();
    }
  }

  /**
   * Checks once more that no lower has changed.
   *
   * @throws IOException if a lower cannot be read
   * @throws AssertionFailedError if one has changed, with the differences
   */
  @Override
  public void close() throws IOException {
    assertUnchanged();
  }
}
