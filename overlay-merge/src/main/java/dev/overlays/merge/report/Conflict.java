package dev.overlays.merge.report;

import java.nio.file.Path;

/**
 * A path at which two instances of one lower do not go together.
 *
 * @param kind in which way
 * @param path relative to the root of the view, for people
 * @param first the upper of one of them: of the one that has deleted something, where only one has
 * @param second the upper of the other
 */
public record Conflict(ConflictKind kind, String path, Path first, Path second) {

  /** Returns the conflict as one line for people. */
  @Override
  public String toString() {
    return switch (kind) {
      case DELETED -> first + " has deleted " + path + ", which " + second + " still shows";
      case CHANGED -> first + " and " + second + " have both changed " + path;
    };
  }
}
