package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A service of systemd that runs a command for a directory of instances, for example a maintenance,
 * and the timer that starts it. Immutable.
 *
 * <p>Written units take effect after {@code systemctl daemon-reload}, and the timer runs after
 * {@code systemctl enable --now} with {@link #timerName()}; with {@code --user} if they are an
 * ordinary user's.
 */
public final class SystemdTimer {
  /** File names have at most 255 bytes, and the files written beside a unit have longer names. */
  private static final int MAX_NAME_BYTES = 240;

  private static final String PREFIX = "overlays-maintain-";
  private static final String FIRST_LINE = "# Written by Overlays.\n";

  private final Path instances;
  private final List<String> command;
  private final String calendar;
  private final String name;

  private SystemdTimer(Path instances, List<String> command, String calendar, String name) {
    this.instances = instances;
    this.command = command;
    this.calendar = calendar;
    this.name = name;
  }

  /**
   * Creates a timer.
   *
   * @param instances the directory of the instances, after which the units are named; not the root
   * @param command the program, an absolute path, and its arguments
   * @param calendar when the command runs, as systemd.time(7) says, for example {@code daily}
   * @return the timer
   * @throws OverlayException if the name of the units would be too long ({@link
   *     ProblemCode#BOOT_ENTRY_TOO_LONG})
   * @throws IllegalArgumentException if there is no command, or the calendar has several lines
   */
  public static SystemdTimer of(Path instances, List<String> command, String calendar)
      throws OverlayException {
    Path absolute = instances.toAbsolutePath().normalize();
    if (command.isEmpty() || absolute.getNameCount() == 0) {
      throw new IllegalArgumentException("a timer needs a command and a directory");
    }
    if (calendar.isBlank() || calendar.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException("not one line of a calendar: \"" + calendar + "\"");
    }
    String name = PREFIX + UnitName.of(ByteText.of(absolute));
    if (name.length() + ".service".length() > MAX_NAME_BYTES) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.BOOT_ENTRY_TOO_LONG,
              absolute,
              "The name of its units would have more than " + MAX_NAME_BYTES + " bytes.",
              "Use a shorter path, for example through a symbolic link."));
    }
    return new SystemdTimer(
        absolute, List.copyOf(command), Objects.requireNonNull(calendar, "calendar"), name);
  }

  /**
   * Returns the name of the service.
   *
   * @return for example {@code overlays-maintain-srv-instances.service}
   */
  public String serviceName() {
    return name + ".service";
  }

  /**
   * Returns the name of the timer, which is the unit to enable.
   *
   * @return for example {@code overlays-maintain-srv-instances.timer}
   */
  public String timerName() {
    return name + ".timer";
  }

  /**
   * Writes the service and the timer into a directory. They replace those of the same instances
   * that this library has written. Each file is replaced as by {@link Fstab#write}.
   *
   * @param directory for example {@code /etc/systemd/system}
   * @throws OverlayException if a unit of the same name was not written by this library ({@link
   *     ProblemCode#BOOT_ENTRY_FOREIGN}), or a file cannot be written ({@link
   *     ProblemCode#BOOT_FILE_FAILED}, {@link ProblemCode#BOOT_FILE_CHANGED})
   */
  public void write(Path directory) throws OverlayException {
    Path service = directory.resolve(serviceName());
    Path timer = directory.resolve(timerName());
    checkOurs(service);
    checkOurs(timer);
    new BootFile(service).replaceContent(old -> true, ByteText.bytesOf(serviceText()));
    new BootFile(timer).replaceContent(old -> true, ByteText.bytesOf(timerText()));
  }

  /** Refuses a file of others. A link masks a unit, or another program made it. */
  private static void checkOurs(Path file) throws OverlayException {
    boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (Files.isSymbolicLink(file)
        || (there && !ByteText.of(new BootFile(file).readFile()).startsWith(FIRST_LINE))) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.BOOT_ENTRY_FOREIGN,
              file,
              "There is a unit of this name that this library has not written.",
              "Remove it by hand if it is not needed."));
    }
  }

  /**
   * The text of the service, one character per byte. Only the program itself is stopped: what
   * mounts views in user space has to stay. Without a locale, a JVM cannot read names that are not
   * ASCII.
   */
  private String serviceText() {
    return FIRST_LINE
        + """
        [Unit]
        Description=Maintenance of the overlays in %s
        Documentation=man:systemd.service(5)

        [Service]
        Type=oneshot
        KillMode=process
        Environment=LC_ALL=C.UTF-8
        ExecStart=%s
        """
            .formatted(
                UnitText.escapeText(ByteText.of(instances)),
                command.stream().map(SystemdTimer::quoteWord).collect(Collectors.joining(" ")));
  }

  /** The text of the timer, one character per byte. */
  private String timerText() {
    return FIRST_LINE
        + """
        [Unit]
        Description=Maintenance of the overlays in %s, by the clock
        Documentation=man:systemd.timer(5)

        [Timer]
        OnCalendar=%s
        Persistent=true

        [Install]
        WantedBy=timers.target
        """
            .formatted(
                UnitText.escapeText(ByteText.of(instances)),
                UnitText.escapeText(ByteText.of(calendar.getBytes(StandardCharsets.UTF_8))));
  }

  /**
   * Quotes one word of a command line. Source: systemd.service(5), "Command lines", and
   * systemd.syntax(7), "Quoting".
   */
  static String quoteWord(String word) {
    StringBuilder quoted = new StringBuilder();
    for (byte each : word.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '%' -> quoted.append("%%");
        case '$' -> quoted.append("$$");
        default -> {
          if (c < ' ' || c == 0x7f) {
            quoted.append(String.format("\\x%02x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    boolean plain = word.matches("[A-Za-z0-9_@/.:=,+-]+");
    return plain ? quoted.toString() : "\"" + quoted + "\"";
  }

  /** Returns the service and the timer as they are written. */
  @Override
  public String toString() {
    return ByteText.readableText(serviceText() + timerText());
  }
}
