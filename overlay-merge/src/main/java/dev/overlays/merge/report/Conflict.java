package dev.overlays.merge.report;

import java.nio.file.Path;

/**
 * A path at which two instances of one lower contradict each other.
 *
 * @param kind the kind of the conflict
 * @param path the path relative to the root of the view, for display
 * @param first the upper of one instance: if only one has deleted something, of that one
 * @param second the upper of the other instance
 */
public record Conflict(ConflictKind kind, String path, Path first, Path second) {

  /** Returns the conflict as one readable line. */
  @Override
  public String toString() {
    return switch (kind) {
      case DELETED -> first + " has deleted " + path + ", which " + second + " still shows";
      case CHANGED -> first + " and " + second + " have both changed " + path;
    };
  }
}
