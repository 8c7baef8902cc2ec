package dev.overlays.cli;

import dev.overlays.linux.boot.SystemdTimer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options that make a maintenance a service of systemd. */
final class TimerOptions {
  private static final Set<String> NOT_OF_THE_SERVICE =
      Set.of("--install-timer", "--every", "--units", "--json");

  @Option(
      names = "--install-timer",
      description =
          "Do nothing now: write a service and a timer of systemd that run this maintenance.")
  private boolean install;

  @Option(
      names = "--every",
      paramLabel = "CALENDAR",
      defaultValue = "daily",
      description = "When the timer runs it, as systemd.time(7) says. Default: ${DEFAULT-VALUE}.")
  private String calendar;

  @Option(
      names = "--units",
      paramLabel = "DIR",
      description =
          "Where the units are written: by default /etc/systemd/system, and for an ordinary user"
              + " ~/.config/systemd/user.")
  private Path directory;

  boolean isInstalling() {
    return install;
  }

  /** Writes the units of a command as it was called. */
  SystemdTimer writeUnits(CommandSpec command, Path instances) throws IOException {
    SystemdTimer timer = SystemdTimer.of(instances, serviceCommand(command), calendar);
    if (directory == null) {
      Files.createDirectories(unitsDirectory());
    }
    timer.write(unitsDirectory());
    return timer;
  }

  Path unitsDirectory() {
    if (directory != null) {
      return directory;
    }
    return isOfSystem()
        ? Path.of("/etc/systemd/system")
        : Path.of(System.getProperty("user.home"), ".config/systemd/user");
  }

  boolean isOfSystem() {
    return System.getProperty("user.name").equals("root");
  }

  private static List<String> serviceCommand(CommandSpec command) {
    List<String> words = new ArrayList<>(programWords());
    words.add(command.name());
    for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
      String name = option.longestName();
      if (NOT_OF_THE_SERVICE.contains(name)) {
        continue;
      }
      if (option.arity().max() == 0) {
        words.add(name);
      } else {
        option
            .originalStringValues()
            .forEach(value -> words.add(name + "=" + absolute(option, value)));
      }
    }
    return words;
  }

  /** A service has another working directory. */
  private static String absolute(OptionSpec option, String value) {
    return option.type() == Path.class ? Path.of(value).toAbsolutePath().toString() : value;
  }

  /** How this program is started: by its jar, or where it is not packaged by its classes. */
  private static List<String> programWords() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    return classPath.endsWith(".jar") && classPath.indexOf(':') < 0
        ? List.of(java, "-jar", Path.of(classPath).toAbsolutePath().toString())
        : List.of(java, "-cp", classPath, OverlaysProgram.class.getName());
  }
}
