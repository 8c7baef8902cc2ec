package dev.overlays.merge.change;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.UUID;

/**
 * The staging directory in the root of a lower that is on another file system than the upper: a
 * whiteout in the upper hides it. Its name is another one in each run, so that no view can have
 * something of that name; what a run has left that was cut off goes as everything goes that a
 * whiteout hides.
 */
public final class LowerStaging {
  private static final String PREFIX = ".overlays-merge-";
  private static final int UNIQUE = 36;

  private LowerStaging() {}

  /** A name that nothing has. */
  public static Name newName() {
    return Name.of(PREFIX + UUID.randomUUID());
  }

  /** Whether a whiteout of this name only hides, or has hidden, where copies are made. */
  public static boolean isName(Name name) {
    String text = name.toString();
    return text.startsWith(PREFIX) && text.length() == PREFIX.length() + UNIQUE;
  }

  /** Hides it before there is anything to hide. */
  public static StagingDirectory open(LayerDirectory upper, LayerDirectory lower, Name name)
      throws IOException {
    upper.createWhiteout(name);
    return new StagingDirectory(lower, name);
  }

  /** Stops hiding it when it is gone. */
  public static void forgetTime(LayerDirectory upper, Name name) throws IOException {
    upper.remove(name);
  }
}
