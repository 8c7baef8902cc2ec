package dev.overlays.testkit.replay;

/**
 * The first difference between two sides in one run.
 *
 * @param steps the number of steps performed until then
 * @param way a signature that equal failures share
 * @param text a description
 * @param cause the exception that ended the replay, or null
 */
record SideFailure(int steps, String way, String text, Exception cause) {

  static SideFailure of(int steps, String way, String text) {
    return new SideFailure(steps, way, text, null);
  }

  static SideFailure thrown(int steps, String where, Exception cause) {
    return new SideFailure(
        steps, where + ' ' + cause.getClass().getSimpleName(), where + ": " + cause, cause);
  }
}
