package dev.overlays.testkit.replay;

/**
 * The first difference between two sides in one run.
 *
 * @param steps the number of steps performed until then
 * @param way a signature that equal failures share
 * @param text a description
 * @param cause the exception that ended the replay, or null
 */
record Failure(int steps, String way, String text, Exception cause) {

  static Failure of(int steps, String way, String text) {
    return new Failure(steps, way, text, null);
  }

  static Failure thrown(int steps, String where, Exception cause) {
    return new Failure(
        steps, where + ' ' + cause.getClass().getSimpleName(), where + ": " + cause, cause);
  }
}
