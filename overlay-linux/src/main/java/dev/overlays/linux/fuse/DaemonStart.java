package dev.overlays.linux.fuse;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.process.ProcessEndings;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.TrustedProgram;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A process that becomes the daemon of a view. It begins as {@code flock}, once for each layer,
 * each locking one and turning into the next; then a shell that reports this and waits for a line;
 * then the program. So the locks are the daemon's own from the beginning to its end, whoever has
 * started it and is still there, and at no moment is a layer without its lock. The layers come by
 * descriptor: no name is too long, and none is split at colons.
 *
 * <p>Closing this before the word is given ends the process, and so does the end of this JVM.
 */
final class DaemonStart implements Closeable {
  private static final String LOCKED = "locked";

  /** In seconds: whoever only looks whether a layer is free has the lock of it, too. */
  private static final String LOCK_SECONDS = "1";

  private static final String SCRIPT =
      "echo "
          + LOCKED
          + " && IFS= read -r options && IFS= read -r point || exit 1\n"
          + "point=$(printf '%b.' \"$point\")\n"
          + "exec \"$0\" -o \"$options\" \"${point%.}\"\n";

  private final Process process;
  private final BufferedReader words;
  private final List<String> printedLines = new ArrayList<>();

  private DaemonStart(Process process) {
    this.process = process;
    words = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts it, with shared locks on the lowers and exclusive ones on what is written to. */
  static DaemonStart startFor(FuseLayers layers) throws IOException {
    String flock = FusePrograms.findProgram("flock").orElseThrow().toString();
    List<String> command = new ArrayList<>();
    for (Descriptor layer : layers.allHandles()) {
      String kind = layers.isWritten(layer) ? "-x" : "-s";
      command.addAll(
          List.of(flock, "--no-fork", kind, "-w", LOCK_SECONDS, layers.procPathOf(layer)));
    }
    command.addAll(List.of("/bin/sh", "-c", SCRIPT));
    command.add(FusePrograms.findProgram("fuse-overlayfs").orElseThrow().toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", "C");
    environment.put("PATH", TrustedProgram.searchPath());
    // Whiteouts are devices, as the kernel has them.
    environment.remove("FUSE_OVERLAYFS_DISABLE_OVL_WHITEOUT");
    return new DaemonStart(ProcessSpawning.startProcess(builder));
  }

  /** Whether it has got all locks; it waits then. */
  boolean awaitLocks() throws IOException {
    for (String line = words.readLine(); line != null; line = words.readLine()) {
      if (line.equals(LOCKED)) {
        return true;
      }
      printedLines.add(line);
    }
    return false;
  }

  /** The numbers by which it has some directories open. */
  Map<Descriptor, String> descriptorNumbersOf(List<Descriptor> directories) throws IOException {
    Map<List<Long>, String> found = new HashMap<>();
    Path own = Path.of("/proc", Long.toString(process.pid()), "fd");
    try (DirectoryStream<Path> links = Files.newDirectoryStream(own)) {
      for (Path link : links) {
        found.put(identityOf(FileId.of(PathBytes.of(link))), link.getFileName().toString());
      }
    }
    Map<Descriptor, String> numbers = new HashMap<>();
    for (Descriptor directory : directories) {
      numbers.put(directory, found.get(identityOf(FileId.of(directory))));
    }
    return numbers;
  }

  private static List<Long> identityOf(FileId id) {
    return List.of(id.device(), id.inode());
  }

  /** Gives the word, and waits until the view is there or the program has failed. */
  boolean mountView(String options, Path mountPoint) throws IOException {
    try (OutputStream input = process.getOutputStream()) {
      input.write(
          (options + "\n" + ShellPathText.of(mountPoint) + "\n")
              .getBytes(StandardCharsets.US_ASCII));
    }
    for (String line = words.readLine(); line != null; line = words.readLine()) {
      if (!line.startsWith("unknown argument ignored: lazytime")) {
        printedLines.add(line);
      }
    }
    return ProcessEndings.of(process) == 0;
  }

  /** What it has said beside that it has its locks. */
  String printedWords() {
    return printedLines.stream().map(String::strip).collect(Collectors.joining("; "));
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    words.close();
    ProcessEndings.of(process);
  }
}
