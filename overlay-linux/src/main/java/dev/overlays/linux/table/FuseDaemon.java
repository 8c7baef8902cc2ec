package dev.overlays.linux.table;

import dev.overlays.layer.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A process that serves a view of fuse-overlayfs, as far as this process may inspect it. The mount
 * table does not show the layers of such a view; the command line and the open directories of the
 * process do. Source: proc(5).
 *
 * @param pid its process ID
 * @param startTime its start time in clock ticks since boot
 * @param arguments its command line, one byte per character; empty if the process is ending, which
 *     may still have its files open
 */
public record FuseDaemon(long pid, long startTime, List<String> arguments) {
  /** The file system type in mount tables. */
  public static final String FILE_SYSTEM = "fuse.fuse-overlayfs";

  private static final String PROGRAM = "fuse-overlayfs";

  /** The index of the start time among the fields after the second. */
  private static final int START = 19;

  private static final Path PROC = Path.of("/proc");

  /**
   * Finds all daemons.
   *
   * @return the daemons that this process may inspect, the youngest first
   */
  public static List<FuseDaemon> listAll() {
    List<FuseDaemon> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        of(process).ifPresent(found::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Without /proc no process can be found.
      return found;
    }
    found.sort(Comparator.comparingLong(FuseDaemon::startTime).reversed());
    return found;
  }

  private static Optional<FuseDaemon> of(Path process) {
    try {
      if (!Files.readString(process.resolve("comm")).startsWith(PROGRAM)) {
        return Optional.empty();
      }
      byte[] line = Files.readAllBytes(process.resolve("cmdline"));
      String[] arguments = new String(line, StandardCharsets.ISO_8859_1).split("\0", -1);
      // Every argument, including the last, ends with NUL.
      List<String> list = Arrays.asList(arguments).subList(0, arguments.length - 1);
      long pid = Long.parseLong(process.getFileName().toString());
      return Optional.of(new FuseDaemon(pid, startTimeOf(process), List.copyOf(list)));
    } catch (IOException e) {
      // It has ended, or this process may not inspect it.
      return Optional.empty();
    }
  }

  /** The 22nd field; the second one is in parentheses and may contain any character. */
  private static long startTimeOf(Path process) throws IOException {
    String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[START]);
  }

  /**
   * Returns the daemon that serves a mount.
   *
   * @param mountPoint where it is mounted
   * @return the youngest daemon whose command line has that mount point
   */
  public static Optional<FuseDaemon> daemonAt(Path mountPoint) {
    return listAll().stream()
        .filter(daemon -> daemon.mountPoint().equals(Optional.of(mountPoint)))
        .findFirst();
  }

  /**
   * Returns the mount point of the view.
   *
   * @return the mount point without symbolic links; empty if it is unknown
   */
  public Optional<Path> mountPoint() {
    String last = arguments.isEmpty() ? "" : arguments.get(arguments.size() - 1);
    byte[] bytes = last.getBytes(StandardCharsets.ISO_8859_1);
    return last.startsWith("/") ? Optional.of(realPath(PathBytes.toPath(bytes))) : Optional.empty();
  }

  /** The mount point itself cannot be resolved when its daemon has died, so only its parent is. */
  private static Path realPath(Path path) {
    try {
      Path parent = path.getParent();
      return parent == null ? path : parent.toRealPath().resolve(path.getFileName());
    } catch (IOException e) {
      return path;
    }
  }

  /**
   * Returns the directories that the daemon has open, which include the layers.
   *
   * @return their links in {@code /proc}; none if this process may not read them
   */
  public List<Path> openDirectories() {
    List<Path> directories = new ArrayList<>();
    Path descriptors = PROC.resolve(Long.toString(pid)).resolve("fd");
    try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
      for (Path link : links) {
        if (Files.isDirectory(link)) {
          directories.add(link);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return directories;
    }
    return directories;
  }
}
