package dev.overlays.linux.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's docker-registry, on loopback unless asked, at a port that the kernel chooses. */
public final class DockerRegistry implements Closeable {
  private static final Pattern LISTENING = Pattern.compile("listening on [0-9.]+:(\\d+)");
  private static final Pattern REQUEST =
      Pattern.compile("\"(PUT|PATCH) [^\"]*/blobs/uploads/[^\"]*\" 20[0-9] ");

  private final Path storage;
  private final Path log;
  private final Process process;
  private final String host;

  private DockerRegistry(Path storage, Path log, Process process, String host) {
    this.storage = storage;
    this.log = log;
    this.process = process;
    this.host = host;
  }

  /**
   * Starts a registry.
   *
   * @param directory an empty directory for all its files
   * @param more lines of its configuration
   */
  public static DockerRegistry start(Path directory, String... more) throws IOException {
    return startAt("127.0.0.1", List.of(), directory, more);
  }

  /**
   * Starts a registry that others can reach.
   *
   * @param address where it listens
   * @param around the program that runs it, such as one that enters a network
   * @param directory an empty directory for all its files
   * @param more lines of its configuration
   */
  public static DockerRegistry startAt(
      String address, List<String> around, Path directory, String... more) throws IOException {
    Path storage = Files.createDirectory(directory.resolve("storage"));
    Path log = directory.resolve("log");
    Path config = directory.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        storage:
          filesystem:
            rootdirectory: %s
        http:
          addr: %s:0
        """
                .formatted(storage, address)
            + String.join("\n", more));
    List<String> command = new ArrayList<>(around);
    command.addAll(List.of("docker-registry", "serve", config.toString()));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      return new DockerRegistry(storage, log, process, address + ":" + portOf(process, log));
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static int portOf(Process process, Path log) throws IOException {
    while (process.isAlive()) {
      Matcher listening = LISTENING.matcher(Files.readString(log));
      if (listening.find()) {
        return Integer.parseInt(listening.group(1));
      }
      Thread.onSpinWait();
    }
    throw new IOException("docker-registry has ended: " + Files.readString(log));
  }

  /** Returns a reference of an image in this registry. */
  public String reference(String image) {
    return host() + '/' + image;
  }

  String host() {
    return host;
  }

  /** Counts the uploads of blobs that had content. */
  long countUploads() throws IOException {
    return REQUEST.matcher(Files.readString(log)).results().count();
  }

  /** Returns the files that hold the data of blobs. */
  List<Path> dataFiles() throws IOException {
    try (Stream<Path> files = Files.walk(storage)) {
      return files.filter(path -> path.endsWith("data")).toList();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
