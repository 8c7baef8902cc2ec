package dev.overlays.testkit.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as text. Those since a replay began are told as "now", because the clock goes on from one
 * side to the other; those that were set are told exactly.
 */
record RelativeTimes(Instant start) {
  private static final Pattern MODIFIED = Pattern.compile(" mtime=(\\S+)");

  /** The clock of a file system is that of its last tick. */
  private static final Duration TICK = Duration.ofSeconds(1);

  static RelativeTimes now() {
    return new RelativeTimes(Instant.now().minus(TICK));
  }

  String text(Instant time) {
    boolean now = !time.isBefore(start) && !time.isAfter(Instant.now().plus(TICK));
    return now ? "now" : time.toString();
  }

  /** The same in a line of a manifest of layers. */
  String line(String line) {
    Matcher modified = MODIFIED.matcher(line);
    if (!modified.find()) {
      return line;
    }
    String time = text(Instant.parse(modified.group(1)));
    return line.substring(0, modified.start(1)) + time + line.substring(modified.end(1));
  }
}
