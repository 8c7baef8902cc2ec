package dev.overlays.merge.change;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.UUID;

/**
 * The staging directory in the root of a lower on another file system than the upper. A whiteout in
 * the upper hides it. Its name is new in each run, so no view can have an entry of that name. A
 * later merge removes what an interrupted run has left, as it removes everything that a whiteout
 * hides.
 */
public final class LowerStaging {
  private static final String PREFIX = ".overlays-merge-";
  private static final int UUID_LENGTH = 36;

  private LowerStaging() {}

  /** Returns a name that no entry has. */
  public static Name newName() {
    return Name.of(PREFIX + UUID.randomUUID());
  }

  /** Whether a whiteout of this name hides, or has hidden, a staging directory. */
  public static boolean isStagingName(Name name) {
    String text = name.toString();
    return text.startsWith(PREFIX) && text.length() == PREFIX.length() + UUID_LENGTH;
  }

  /** Creates the whiteout, and returns the staging directory, which does not exist yet. */
  public static StagingDirectory openHidden(LayerDirectory upper, LayerDirectory lower, Name name)
      throws IOException {
    upper.createWhiteout(name);
    return new StagingDirectory(lower, name);
  }

  /** Removes the whiteout when the directory is gone. */
  public static void stopHiding(LayerDirectory upper, Name name) throws IOException {
    upper.remove(name);
  }
}
