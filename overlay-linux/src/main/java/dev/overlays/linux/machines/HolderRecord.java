package dev.overlays.linux.machines;

import dev.overlays.spi.LayerUser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who holds a lock on a lower: a line of the lock file, of a fixed size, so that each holder has a
 * place of its own.
 *
 * @param host the name of the machine
 * @param machine the beginning of its machine ID
 * @param boot its boot ID
 * @param process the ID of the process that holds the lock
 * @param since since when
 * @param use what for
 * @param place where the view is seen; empty for a merge
 */
record HolderRecord(
    String host,
    String machine,
    String boot,
    long process,
    Instant since,
    LowerUse use,
    String place) {
  /** The size of a record, with its line break. */
  static final int SIZE = 512;

  /** Leaves room for the other fields. */
  private static final int LONGEST_PLACE = 250;

  private static final int LONGEST_HOST = 64;

  /** What a lower is held for. */
  enum LowerUse {
    VIEW,
    MERGE
  }

  /** The record of a process of this machine, from now on. */
  static HolderRecord ofThisMachine(long process, LowerUse use, String place) {
    return new HolderRecord(
        shorten(ThisMachine.hostName(), LONGEST_HOST),
        ThisMachine.machineId(),
        ThisMachine.bootId(),
        process,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        use,
        shorten(place, LONGEST_PLACE));
  }

  /** Keeps the end, which says more of a path than its beginning. */
  private static String shorten(String text, int most) {
    String plain = plainText(text);
    return plain.length() <= most ? plain : plain.substring(plain.length() - most);
  }

  /** Percent signs keep fields apart, and lines in ASCII. */
  private static String plainText(String text) {
    StringBuilder plain = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean printed = b > ' ' && b < 0x7f && b != '%';
      plain.append(printed ? Character.toString(b) : String.format("%%%02x", b));
    }
    return plain.toString();
  }

  /** Whether a view at some place is meant. */
  boolean isAt(String otherPlace) {
    return place.equals(shorten(otherPlace, LONGEST_PLACE));
  }

  boolean isOnThisMachine() {
    return boot.equals(ThisMachine.bootId());
  }

  byte[] toBytes() {
    StringBuilder line =
        new StringBuilder()
            .append("use=" + use + " host=" + host + " machine=" + machine + " boot=" + boot)
            .append(" process=" + process + " since=" + since + " place=" + place);
    while (line.length() < SIZE - 1) {
      line.append(' ');
    }
    line.setLength(SIZE - 1);
    return line.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a record; empty if the line is none, as of a holder that has not written it yet. */
  static Optional<HolderRecord> parse(byte[] bytes) {
    Map<String, String> fields = new HashMap<>();
    for (String field : new String(bytes, StandardCharsets.US_ASCII).strip().split(" +", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    try {
      return Optional.of(
          new HolderRecord(
              fields.getOrDefault("host", "unknown"),
              fields.getOrDefault("machine", "none"),
              fields.getOrDefault("boot", "unknown"),
              Long.parseLong(fields.getOrDefault("process", "")),
              Instant.parse(fields.getOrDefault("since", "")),
              LowerUse.valueOf(fields.getOrDefault("use", "")),
              fields.getOrDefault("place", "")));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Returns the holder for a report. */
  LayerUser toUser() {
    return new LayerUser(
        originalText(host) + " (machine-id " + machine + "…)",
        isOnThisMachine(),
        process,
        since,
        use == LowerUse.MERGE,
        originalText(place));
  }

  private static String originalText(String plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < plain.length(); i++) {
      if (plain.charAt(i) == '%' && i + 2 < plain.length()) {
        bytes.write(
            Character.digit(plain.charAt(i + 1), 16) * 16
                + Character.digit(plain.charAt(i + 2), 16));
        i += 2;
      } else {
        bytes.write(plain.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
