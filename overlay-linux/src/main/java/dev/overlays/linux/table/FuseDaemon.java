package dev.overlays.linux.table;

import dev.overlays.linux.syscall.PathBytes;
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
 * A process that serves a view of fuse-overlayfs, as far as this process may look at it. The mount
 * table does not tell the layers of such a view; the command line and the open directories of the
 * process do. Source: proc(5).
 *
 * @param pid its process ID
 * @param start when it was started, in clock ticks since the machine was
 * @param arguments its command line, of which each character stands for one byte; empty of one that
 *     is ending, and may still have its files open
 */
public record FuseDaemon(long pid, long start, List<String> arguments) {
  /** The kind of file system that mount tables have for it. */
  public static final String FILE_SYSTEM = "fuse.fuse-overlayfs";

  private static final String PROGRAM = "fuse-overlayfs";

  /** Its index among the fields after the second. */
  private static final int START = 19;

  private static final Path PROC = Path.of("/proc");

  /**
   * Finds all of them.
   *
   * @return those that this process may look at, the youngest first
   */
  public static List<FuseDaemon> listAll() {
    List<FuseDaemon> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        of(process).ifPresent(found::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Without /proc none can be seen.
      return found;
    }
    found.sort(Comparator.comparingLong(FuseDaemon::start).reversed());
    return found;
  }

  private static Optional<FuseDaemon> of(Path process) {
    try {
      if (!Files.readString(process.resolve("comm")).startsWith(PROGRAM)) {
        return Optional.empty();
      }
      byte[] line = Files.readAllBytes(process.resolve("cmdline"));
      String[] arguments = new String(line, StandardCharsets.ISO_8859_1).split("\0", -1);
      // The last one ends with NUL, too.
      List<String> list = Arrays.asList(arguments).subList(0, arguments.length - 1);
      long pid = Long.parseLong(process.getFileName().toString());
      return Optional.of(new FuseDaemon(pid, startOf(process), List.copyOf(list)));
    } catch (IOException e) {
      // It has ended, or is none of ours to look at.
      return Optional.empty();
    }
  }

  /** The 22nd field; the second one is in parentheses, and may hold anything. */
  private static long startOf(Path process) throws IOException {
    String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[START]);
  }

  /**
   * Returns the one that serves a mount.
   *
   * @param mountPoint where it is mounted
   * @return the youngest whose command line has that mount point
   */
  public static Optional<FuseDaemon> daemonAt(Path mountPoint) {
    return listAll().stream()
        .filter(daemon -> daemon.mountPoint().equals(Optional.of(mountPoint)))
        .findFirst();
  }

  /**
   * Returns where it has mounted its view.
   *
   * @return the mount point without symbolic links; empty if that cannot be told
   */
  public Optional<Path> mountPoint() {
    String last = arguments.isEmpty() ? "" : arguments.get(arguments.size() - 1);
    byte[] bytes = last.getBytes(StandardCharsets.ISO_8859_1);
    return last.startsWith("/") ? Optional.of(realPath(PathBytes.toPath(bytes))) : Optional.empty();
  }

  /** A mount point leads nowhere when its server has died. */
  private static Path realPath(Path path) {
    try {
      Path parent = path.getParent();
      return parent == null ? path : parent.toRealPath().resolve(path.getFileName());
    } catch (IOException e) {
      return path;
    }
  }

  /**
   * Returns the directories that it has open, the layers among them.
   *
   * @return links of {@code /proc} that lead there; none if this process may not look
   */
  public List<Path> layerDirectories() {
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
