package dev.overlays.linux.bench;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures merges, scans, archives and mounts, compared with a minimal C program for the same task
 * and with tools that do the same or copy a view: rsync, cp, tar with pigz and zstd, du; and the
 * processor time of a JVM that mounts once. Takes the source of the C program; system properties:
 *
 * <ul>
 *   <li>{@code bench.scale}: the size of the workload, 1 for 100,000 files in the lower
 *   <li>{@code bench.rounds}: how often everything is measured in turn, each time in a new JVM
 *   <li>{@code bench.shots}: the shots per round, after one warm-up shot (three for benchmarks
 *       inside the JVM, more for those in memory, none for a first use)
 *   <li>{@code bench.on}: the file systems, separated by commas
 *   <li>{@code bench.only}: a regular expression for what is measured
 *   <li>{@code bench.java}: the program of the JVM, for the build
 * </ul>
 */
public final class Bench {
  private static final List<String> MEASURED =
      List.of(
          "MergeBenchmark.floor",
          "MergeBenchmark.oneWorker",
          "MergeBenchmark.twoWorkers",
          "MergeBenchmark.process",
          "MergeBenchmark.processOfTwoWorkers",
          "MergeBenchmark.plainProcess",
          "CopyBenchmark.rsync",
          "CopyBenchmark.cp",
          "CrossBenchmark.peer",
          "CrossBenchmark.oneWorker",
          "CrossBenchmark.twoWorkers",
          "CrossBenchmark.process",
          "CrossBenchmark.processOfTwoWorkers",
          "ScanBenchmark.floorOfUpper",
          "ScanBenchmark.floorOfBoth",
          "ScanBenchmark.floorOfMarksAndBoth",
          "ScanBenchmark.diff",
          "ScanBenchmark.diffOfTwoWorkers",
          "ScanBenchmark.vacuum",
          "ScanBenchmark.vacuumOfTwoWorkers",
          "ExportBenchmark.OfTar.peer",
          "ExportBenchmark.OfTar.oneWorker",
          "ExportBenchmark.OfTar.twoWorkers",
          "ExportBenchmark.OfTar.process",
          "ExportBenchmark.OfTar.smallProcess",
          "ExportBenchmark.OfGzip.peer",
          "ExportBenchmark.OfGzip.oneWorker",
          "ExportBenchmark.OfGzip.twoWorkers",
          "ExportBenchmark.OfGzip.process",
          "ExportBenchmark.OfZstd.peer",
          "ExportBenchmark.OfZstd.oneWorker",
          "ExportBenchmark.OfZstd.twoWorkers",
          "ExportBenchmark.OfZstd.process",
          "ImportBenchmark.peer",
          "ImportBenchmark.syncedPeer",
          "ImportBenchmark.oneWorker",
          "ImportBenchmark.twoWorkers",
          "ImportBenchmark.process",
          "DiskUseBenchmark.peer",
          "DiskUseBenchmark.oneWorker",
          "DiskUseBenchmark.twoWorkers",
          "StatusBenchmark.peer",
          "StatusBenchmark.oneWorker",
          "StatusBenchmark.twoWorkers",
          "CallBenchmark.floorCalls",
          "CallBenchmark.calls",
          "MountBenchmark.floorMounts",
          "MountBenchmark.floorLockedMounts",
          "MountBenchmark.mounts",
          "ViewBenchmark.mountTenTimes:kernel",
          "ViewBenchmark.mountTenTimes:private",
          "ViewBenchmark.mountTenTimes:rootless",
          "ViewBenchmark.mountTenTimes:fuse-overlayfs",
          "ViewBenchmark.metadata:plain",
          "ViewBenchmark.metadata:kernel",
          "ViewBenchmark.metadata:private",
          "ViewBenchmark.metadata:rootless",
          "ViewBenchmark.metadata:fuse-overlayfs",
          "ViewBenchmark.data:plain",
          "ViewBenchmark.data:kernel",
          "ViewBenchmark.data:private",
          "ViewBenchmark.data:rootless",
          "ViewBenchmark.data:fuse-overlayfs");

  private static final String MEMORY = "memory";
  private static final List<String> MEASURED_IN_MEMORY =
      List.of(
          "MemoryBenchmark.firstUse:plain",
          "MemoryBenchmark.firstUse:in-memory",
          "MemoryBenchmark.laterUse:plain",
          "MemoryBenchmark.laterUse:in-memory");

  /** What {@link StartProcesses} measures is told in this place of the table. */
  private static final String START = "start";

  /** In each round, since these processes are short. */
  private static final int START_SHOTS = 5;

  private static final int WARMUPS_IN_THIS_JVM = 3;
  private static final int WARMUPS_IN_MEMORY = 40;
  private static final int WARMUPS_OF_MOUNTS = 20;

  private Bench() {}

  /** Takes the path of the C program's source. */
  public static void main(String[] args) throws IOException, RunnerException {
    Path root = Files.createTempDirectory("overlays-bench").toRealPath();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(root)));
    Sandbox.run("mount", "-t", "tmpfs", "-o", "size=90%", "bench", root.toString());
    List<String> fileSystems =
        List.of(System.getProperty("bench.on", "tmpfs,ext4,xfs").split(",", -1));
    boolean floor = compileFloor(Path.of(args[0]), root.resolve("floor"));
    double scale = Double.parseDouble(System.getProperty(WorkloadDisk.SCALE, "1"));
    if (MEASURED.stream().anyMatch(name -> isWanted(name, floor) && !name.contains(":"))) {
      makeWorkload(root, fileSystems, scale);
    }
    boolean starts = StartProcesses.MEASURED.stream().anyMatch(name -> isWanted(name, floor));
    Optional<StartProcesses> processes =
        starts ? Optional.of(StartProcesses.prepare(root)) : Optional.empty();
    TimeTable table = new TimeTable();
    int rounds = Integer.getInteger("bench.rounds", 3);
    for (int round = 0; round < rounds; round++) {
      for (String fileSystem : fileSystems) {
        for (String name : MEASURED) {
          if (isWanted(name, floor)) {
            System.out.printf("round %d of %d: %s, %s%n", round + 1, rounds, fileSystem, name);
            measureBenchmark(root, fileSystem, name, table);
          }
        }
      }
      for (String name : MEASURED_IN_MEMORY) {
        if (isWanted(name, floor)) {
          System.out.printf("round %d of %d: %s%n", round + 1, rounds, name);
          measureBenchmark(root, MEMORY, name, table);
        }
      }
      if (processes.isPresent()) {
        measureStarts(processes.get(), floor, table);
      }
    }
    System.out.println(table);
    System.out.println(describeMachine());
  }

  /** Measures them in turn, so that all meet the same load of the machine. */
  private static void measureStarts(StartProcesses processes, boolean floor, TimeTable table)
      throws IOException {
    for (int shot = 0; shot < START_SHOTS; shot++) {
      for (String name : StartProcesses.MEASURED) {
        if (isWanted(name, floor)) {
          table.addTime(START, name, processes.measure(name));
        }
      }
    }
  }

  private static void makeWorkload(Path root, List<String> fileSystems, double scale)
      throws IOException {
    for (String fileSystem : fileSystems) {
      new WorkloadDisk(root, fileSystem).makeWorkload(scale);
    }
    WorkloadDisk first = new WorkloadDisk(root, fileSystems.get(0));
    MergeProcesses.packClassPath(first);
    first.makeCopy();
    MergeProcesses.makeArchive(first);
    first.discardCopy();
  }

  private static int warmupsOf(String name) {
    if (name.startsWith("MemoryBenchmark")) {
      return isFirstUse(name) ? 0 : WARMUPS_IN_MEMORY;
    }
    if (name.endsWith(".mounts")) {
      return WARMUPS_OF_MOUNTS;
    }
    return isInThisJvm(name) ? WARMUPS_IN_THIS_JVM : 1;
  }

  private static boolean isFirstUse(String name) {
    return name.contains(".firstUse");
  }

  /** Whether the benchmark runs the library in its own JVM, whose compiler must warm up first. */
  private static boolean isInThisJvm(String name) {
    return name.endsWith("Worker")
        || name.endsWith("twoWorkers")
        || name.matches(".*(diff.*|vacuum.*|ViewBenchmark.*|\\.calls|\\.mounts)");
  }

  private static boolean isWanted(String name, boolean floor) {
    String only = System.getProperty("bench.only", "");
    return (floor || !name.contains("floor")) && (only.isEmpty() || name.matches(only));
  }

  private static boolean compileFloor(Path source, Path program) {
    try {
      Sandbox.run("cc", "-O2", "-o", program.toString(), source.toString());
      return true;
    } catch (IOException e) {
      System.out.println("No floor is measured, there is no C compiler: " + e.getMessage());
      return false;
    }
  }

  private static void measureBenchmark(Path root, String fileSystem, String name, TimeTable table)
      throws RunnerException {
    String[] parts = name.split(":", 2);
    ChainedOptionsBuilder builder =
        new OptionsBuilder().include("\\." + parts[0].replace(".", "\\.") + "$");
    if (parts.length > 1) {
      builder.param("view", parts[1]);
    }
    Options options =
        builder
            .param("fileSystem", fileSystem)
            .jvmArgsAppend(
                "-D" + WorkloadDisk.ROOT + "=" + root,
                "-D" + WorkloadDisk.SCALE + "=" + System.getProperty(WorkloadDisk.SCALE, "1"),
                "-Djava.util.logging.config.file=/dev/null",
                "--enable-native-access=ALL-UNNAMED")
            .forks(1)
            .warmupIterations(warmupsOf(name))
            .measurementIterations(isFirstUse(name) ? 1 : Integer.getInteger("bench.shots", 2))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    for (RunResult result : new Runner(options).run()) {
      BenchmarkParams params = result.getParams();
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        for (IterationResult shot : fork.getIterationResults()) {
          table.addTime(params.getParam("fileSystem"), name, shot.getPrimaryResult().getScore());
        }
      }
    }
  }

  /** Describes the machine that the figures depend on. */
  private static String describeMachine() throws IOException {
    String tool =
        Stream.of(System.getenv("PATH").split(":", -1))
            .map(directory -> Path.of(directory, "overlay"))
            .filter(Files::isExecutable)
            .findFirst()
            .map(path -> path + " is installed, but its script is not measured here.")
            .orElse("overlayfs-tools (overlay) is not installed, and not measured.");
    return String.format(
        Locale.ROOT,
        "%s%nLinux %s, %d processors, load %s, Java %s",
        tool,
        System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        Files.readString(Path.of("/proc/loadavg")).strip(),
        Runtime.version());
  }

  private static void cleanUp(Path root) {
    try {
      Sandbox.run("umount", "--recursive", root.toString());
      Files.delete(root);
    } catch (IOException e) {
      System.err.println("left behind: " + e.getMessage());
    }
  }
}
