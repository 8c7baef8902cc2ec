package dev.overlays.testkit.replay;

/**
 * Where two sides differ for the first time.
 *
 * @param steps how many steps were done until then
 * @param way what it has in common with failures that are the same
 * @param text what was seen
 * @param cause what ended the replay, or null
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
