package dev.overlays.testkit.replay;

/**
 * The first difference between two sides in one run.
 *
 * @param steps the number of steps performed until then
 * @param signature a signature that equal failures share
 * @param text a description
 * @param cause the exception that ended the replay, or null
 */
record ReplayFailure(int steps, String signature, String text, Exception cause) {

  static ReplayFailure of(int steps, String way, String text) {
    return new ReplayFailure(steps, way, text, null);
  }

  static ReplayFailure ofException(int steps, String where, Exception cause) {
    return new ReplayFailure(
        steps, where + ' ' + cause.getClass().getSimpleName(), where + ": " + cause, cause);
  }
}
