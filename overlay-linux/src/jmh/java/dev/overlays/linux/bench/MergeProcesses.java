package dev.overlays.linux.bench;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts merges as processes. */
final class MergeProcesses {
  /**
   * Options that make a JVM fast that runs for two seconds: the simple compiler, the collector
   * without threads, no set-up of logging, no search for the machine's own JNA, and no ldconfig,
   * which JNA would start to find libraries.
   */
  private static final List<String> FAST =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xshare:auto",
          "-XX:-UsePerfData",
          "-Djava.util.logging.config.file=/dev/null",
          "-Djna.nosys=true",
          "-Djna.platform.library.path=/");

  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  private MergeProcesses() {}

  /** The options of a JVM without tuning. */
  static List<String> plainOptions() {
    return List.of(NATIVE);
  }

  /** The options of a fast JVM, with the archive of classes. */
  static List<String> fastOptions(WorkloadDisk bed) {
    List<String> options = new ArrayList<>(FAST);
    options.add(NATIVE);
    options.add("-XX:SharedArchiveFile=" + classArchive(bed));
    return options;
  }

  private static Path classArchive(WorkloadDisk bed) {
    return bed.root().resolve("classes.jsa");
  }

  /** Makes the archive of classes by one merge of the copy. */
  static void makeArchive(WorkloadDisk bed) throws IOException {
    List<String> options = new ArrayList<>(FAST);
    options.add(NATIVE);
    options.add("-XX:ArchiveClassesAtExit=" + classArchive(bed));
    mergeInProcess(bed, options, 1);
  }

  /** Merges the copy. */
  static String mergeInProcess(WorkloadDisk bed, List<String> options, int workers)
      throws IOException {
    return mergeInProcess(bed, bed.copyRoot().resolve("lower"), options, workers);
  }

  /** Merges the upper of the copy into a lower. */
  static String mergeInProcess(WorkloadDisk bed, Path lower, List<String> options, int workers)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ChildJvm.javaProgram());
    command.addAll(options);
    command.add("-cp");
    command.add(bed.root().resolve("jars").toString() + "/*");
    command.add(MergeProgram.class.getName());
    command.add(lower.toString());
    for (String layer : new String[] {"upper", "work"}) {
      command.add(bed.copyRoot().resolve(layer).toString());
    }
    command.add(Integer.toString(workers));
    return Sandbox.run(command.toArray(String[]::new));
  }

  /** Packs the class path into jars, as users have it, since loose classes cannot be archived. */
  static void packClassPath(WorkloadDisk bed) throws IOException {
    Path jars = Files.createDirectory(bed.root().resolve("jars"));
    int count = 0;
    for (String entry : ChildJvm.classPath()) {
      Path path = Path.of(entry);
      Path target = jars.resolve(count++ + "-" + path.getFileName() + ".jar");
      if (Files.isDirectory(path)) {
        String jar = Path.of(ChildJvm.javaProgram()).resolveSibling("jar").toString();
        Sandbox.run(jar, "--create", "--file", target.toString(), "-C", entry, ".");
      } else if (isNeeded(path)) {
        Files.copy(path, target);
      }
    }
  }

  private static boolean isNeeded(Path jar) {
    String name = jar.toString();
    return name.contains("overlay-")
        || name.contains(File.separator + "jna")
        || name.contains("commons-io");
  }
}
