package dev.overlays.linux.bench;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.value.OciCompression;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts exports and imports as processes. */
final class ArchiveProcesses {
  private ArchiveProcesses() {}

  static String export(
      Path layer, Path archive, OciCompression compression, int workers, String... options)
      throws IOException {
    return runProgram(
        List.of(options),
        "export",
        layer.toString(),
        archive.toString(),
        Integer.toString(workers),
        compression.name());
  }

  static String unpack(Path archive, Path layer, int workers) throws IOException {
    return runProgram(
        List.of(), "import", archive.toString(), layer.toString(), Integer.toString(workers));
  }

  private static String runProgram(List<String> options, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ChildJvm.javaProgram());
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(String.join(File.pathSeparator, ChildJvm.classPath()));
    command.add(ArchiveProgram.class.getName());
    command.addAll(List.of(arguments));
    return Sandbox.run(command.toArray(String[]::new));
  }
}
