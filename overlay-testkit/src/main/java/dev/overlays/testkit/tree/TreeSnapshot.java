package dev.overlays.testkit.tree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.opentest4j.AssertionFailedError;

/**
 * The content of a directory at one moment, to be compared with another moment or another
 * directory. The directory may be of any {@code java.nio.file} provider, or a mounted view. Links
 * are not followed. Details that the file system does not have, such as owners, are left out.
 * Immutable.
 */
public final class TreeSnapshot {
  private final Path root;
  private final Set<SnapshotDetail> details;
  private final SortedMap<String, EntryFacts> facts;

  private TreeSnapshot(
      Path root, Set<SnapshotDetail> details, SortedMap<String, EntryFacts> facts) {
    this.root = root;
    this.details = Collections.unmodifiableSet(details);
    this.facts = facts;
  }

  /**
   * Takes a snapshot of a directory with all details but times.
   *
   * @param root the directory
   * @return the snapshot
   * @throws IOException if something in it cannot be read
   */
  public static TreeSnapshot of(Path root) throws IOException {
    return of(root, SnapshotDetail.allButTimes());
  }

  /**
   * Takes a snapshot of a directory with some details.
   *
   * @param root the directory
   * @param details what is recorded of each entry
   * @return the snapshot
   * @throws IOException if something in it cannot be read
   */
  public static TreeSnapshot of(Path root, Set<SnapshotDetail> details) throws IOException {
    Set<SnapshotDetail> kept = EnumSet.noneOf(SnapshotDetail.class);
    kept.addAll(details);
    return new TreeSnapshot(root, kept, new SnapshotReader(root, kept).readTree(root));
  }

  /**
   * Takes another snapshot of the same directory.
   *
   * @return a snapshot with the same details
   * @throws IOException if something in it cannot be read
   */
  public TreeSnapshot takeAgain() throws IOException {
    return of(root, details);
  }

  /**
   * Describes what is different in another snapshot, which should have the same details.
   *
   * @param later the other snapshot
   * @return a line for each entry, by path: {@code + added (file)}, {@code - gone (file)} or {@code
   *     ~ changed: mode 0644 → 0600, ...}; none if there is no difference
   */
  public List<String> differencesTo(TreeSnapshot later) {
    return TreeDifferences.compareTrees(facts, later.facts, false);
  }

  /**
   * Checks that another snapshot is the same.
   *
   * @param later the other snapshot
   * @throws AssertionFailedError if it is not the same, with the {@linkplain #differencesTo
   *     differences}
   */
  public void assertSame(TreeSnapshot later) {
    List<String> lines = differencesTo(later);
    if (!lines.isEmpty()) {
      String headline =
          root.equals(later.root)
              ? root + " has changed:"
              : later.root + " is not the same as " + root + ":";
      throw new AssertionFailedError(
          TreeDifferences.failureMessage(headline, lines), toString(), later.toString());
    }
  }

  /**
   * Checks that the directory is still the same.
   *
   * @throws IOException if something in it cannot be read
   * @throws AssertionFailedError if it has changed, with the {@linkplain #differencesTo
   *     differences}
   */
  public void assertUnchanged() throws IOException {
    assertSame(takeAgain());
  }

  /** Returns a line for each entry with its details. */
  @Override
  public String toString() {
    return TreeDifferences.renderFacts(facts);
  }
}
