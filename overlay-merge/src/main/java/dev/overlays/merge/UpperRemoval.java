package dev.overlays.merge;

import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * Removes from a directory of the upper what has been copied to another file system, after that has
 * made it durable. Directories in it have been dealt with before.
 */
final class UpperRemoval {
  private final Run run;

  UpperRemoval(Run run) {
    this.run = run;
  }

  void leaves(Level level) throws IOException {
    if (run.changes().dryRun()) {
      return;
    }
    Entries.forEach(
        level.upper(),
        (name, type) -> {
          Selection inner = level.selection().below(name);
          boolean staging = level.place().isRoot() && name.equals(LowerStaging.NAME);
          if (type != dev.overlays.layer.EntryType.DIRECTORY
              && !staging
              && !inner.isNothing()
              && inner.takesEntry()
              && !isKept(level, name)) {
            run.changes().remove(level.upper(), name);
          }
        });
  }

  /** What the policy has left in the upper is still hiding something of the lower. */
  private static boolean isKept(Level level, Name name) throws IOException {
    if (level.others() == null) {
      return false;
    }
    var own = level.upper().stat(name);
    var lower = level.lower().stat(name);
    return own.isPresent()
        && lower.isPresent()
        && (own.get().isWhiteoutDevice() || lower.get().isDirectory());
  }
}
