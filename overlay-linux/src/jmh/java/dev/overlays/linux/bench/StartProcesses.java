package dev.overlays.linux.bench;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whole processes that mount one plain view and unmount it, beside a JVM that does nothing. What is
 * measured is processor time, which includes that of the compiler's threads.
 */
final class StartProcesses {
  /** A JVM that does nothing. */
  static final String EMPTY = "StartBenchmark.peer";

  static final String FIRST_MOUNT = "StartBenchmark.firstMount";

  /** The same with a cache of its classes, see {@link #makeCache()}. */
  static final String WITH_CACHE = "StartBenchmark.firstMountWithCache";

  static final List<String> MEASURED = List.of(EMPTY, FIRST_MOUNT, WITH_CACHE);

  /** From here on a cache holds linked classes and lambdas, too. Source: JEP 514. */
  private static final int FIRST_CACHE_RELEASE = 25;

  private static final double MILLISECONDS = 1000;

  /** Prints both times in seconds, and nothing else. */
  private static final String SCRIPT =
      "TIMEFORMAT='%3U %3S'; { time \"$@\" >/dev/null 2>&1; } 2>&1 || exit 1";

  private final Path place;
  private final String classPath;

  private StartProcesses(Path place, String classPath) {
    this.place = place;
    this.classPath = classPath;
  }

  /** Makes layers and the cache in a new directory. */
  static StartProcesses prepare(Path root) throws IOException {
    Path place = Files.createDirectory(root.resolve("start"));
    for (String name : new String[] {"lower", "upper", "work", "mnts"}) {
      Files.createDirectory(place.resolve(name));
    }
    StartProcesses processes = new StartProcesses(place, packJars(place));
    processes.makeCache();
    return processes;
  }

  /** Packs classes into jars, as users have them, since loose classes cannot be cached. */
  private static String packJars(Path place) throws IOException {
    List<String> jars = new ArrayList<>();
    for (Class<?> type : List.of(OverlaySpec.class, KernelBackend.class, FirstMountProgram.class)) {
      Path classes = codeOf(type);
      Path jar = place.resolve(jars.size() + ".jar");
      if (Files.isDirectory(classes)) {
        String tool = Path.of(ChildJvm.javaProgram()).resolveSibling("jar").toString();
        Sandbox.run(tool, "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
      } else {
        Files.copy(classes, jar);
      }
      jars.add(jar.toString());
    }
    ChildJvm.classPath().stream().filter(entry -> entry.contains("/jna-5")).forEach(jars::add);
    return String.join(File.pathSeparator, jars);
  }

  private static Path codeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean hasCaches() {
    return Runtime.version().feature() >= FIRST_CACHE_RELEASE;
  }

  /** By a first mount: an AOT cache of JDK 25, or an archive of classes of older ones. */
  private void makeCache() throws IOException {
    Sandbox.run(
        command(
                FIRST_MOUNT,
                (hasCaches() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + cache())
            .toArray(String[]::new));
  }

  private Path cache() {
    return place.resolve("classes.cache");
  }

  private List<String> command(String name, String... options) {
    List<String> command = new ArrayList<>(List.of(ChildJvm.javaProgram()));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            FirstMountProgram.class.getName()));
    if (!name.equals(EMPTY)) {
      command.add(place.toString());
    }
    return command;
  }

  /**
   * Runs one process; returns the milliseconds of processor time, in user mode and in the kernel.
   */
  double measure(String name) throws IOException {
    String[] options =
        name.equals(WITH_CACHE)
            ? new String[] {(hasCaches() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + cache()}
            : new String[0];
    List<String> shell = new ArrayList<>(List.of("bash", "-c", SCRIPT, "start"));
    shell.addAll(command(name, options));
    return Stream.of(Sandbox.run(shell.toArray(String[]::new)).strip().split("\\s+", -1))
            .mapToDouble(Double::parseDouble)
            .sum()
        * MILLISECONDS;
  }
}
