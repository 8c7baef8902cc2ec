package dev.overlays.testkit.tree;

import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.opentest4j.AssertionFailedError;

/**
 * Watches that nobody changes the lowers, whatever happens in views over them:
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
  private final List<TreeSnapshot> before = new ArrayList<>();

  private UnchangedLowers() {}

  /**
   * Looks at all lowers of a spec.
   *
   * @param spec whose lowers, data-only ones included, should not change
   * @param details what is looked at
   * @return the watch; closing it looks again
   * @throws IOException if a lower cannot be read
   */
  public static UnchangedLowers of(OverlaySpec spec, Set<SnapshotDetail> details)
      throws IOException {
    List<Path> lowers = new ArrayList<>(spec.lowers());
    lowers.addAll(spec.dataLowers());
    UnchangedLowers check = new UnchangedLowers();
    for (Path lower : lowers) {
      check.before.add(TreeSnapshot.of(lower, details));
    }
    return check;
  }

  /**
   * Checks that no lower has changed.
   *
   * @throws IOException if a lower cannot be read
   * @throws AssertionFailedError if one has changed, with what is different
   */
  public void check() throws IOException {
    for (TreeSnapshot snapshot : before) {
      snapshot.assertUnchanged();
    }
  }

  /**
   * Checks it once more, at the end.
   *
   * @throws IOException if a lower cannot be read
   * @throws AssertionFailedError if one has changed, with what is different
   */
  @Override
  public void close() throws IOException {
    check();
  }
}
