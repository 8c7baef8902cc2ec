package dev.overlays.testkit.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renders times as text. Times since the replay began become "now", because the sides run one after
 * the other; times that were set are exact.
 */
record ReplayTimes(Instant start) {
  private static final Pattern MODIFIED = Pattern.compile(" mtime=(\\S+)");

  /** The clock of a file system lags by up to one tick. */
  private static final Duration TICK = Duration.ofSeconds(1);

  static ReplayTimes startingNow() {
    return new ReplayTimes(Instant.now().minus(TICK));
  }

  String timeText(Instant time) {
    boolean now = !time.isBefore(start) && !time.isAfter(Instant.now().plus(TICK));
    return now ? "now" : time.toString();
  }

  /** Replaces the time in a line of a manifest. */
  String withTimeText(String line) {
    Matcher modified = MODIFIED.matcher(line);
    if (!modified.find()) {
      return line;
    }
    String time = timeText(Instant.parse(modified.group(1)));
    return line.substring(0, modified.start(1)) + time + line.substring(modified.end(1));
  }
}
