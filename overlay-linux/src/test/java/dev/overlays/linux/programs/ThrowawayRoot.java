package dev.overlays.linux.programs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A root file system that is a view of the machine's, in its own mount namespace; it ends with the
 * last process in it. Its upper shows all writes. Only {@code /dev}, {@code /proc} and {@code /sys}
 * are the machine's own; {@code /run} is empty.
 */
public final class ThrowawayRoot {
  private static final String SCRIPT =
      """
      preparation=$1
      shift
      mount -t tmpfs tmpfs "$0"
      cd "$0"
      mkdir upper work root place
      chmod a+rwx place
      mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
      for own in proc sys dev; do mount --rbind /$own root/$own; done
      mount -t tmpfs tmpfs root/run
      mkdir -p root/place root/old
      mount --bind place root/place
      cd root
      pivot_root . old
      cd /place
      mkdir -m 777 home tmp views
      eval "$preparation"
      exec "$@"
      """;

  /** A directory for the test that is in no view. */
  public static final Path PLACE = Path.of("/place");

  private final Path scratch;
  private final Set<String> preparation = new LinkedHashSet<>();

  /**
   * @param scratch an empty directory, over which memory is mounted in that namespace
   */
  public ThrowawayRoot(Path scratch) {
    this.scratch = scratch;
  }

  /** The path of the upper, as processes inside see it. */
  public Path upperSeenInside() {
    return Path.of("/old" + scratch, "upper");
  }

  /** Lets every user inside reach a file or directory, even if only root may on the machine. */
  public void openPath(Path path) throws IOException {
    for (Path above = path.toRealPath(); above != null; above = above.getParent()) {
      if (Files.isDirectory(above)
          && !Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        addPreparation("chmod a+x " + quotedPath(above));
      }
    }
  }

  /** Lets every user inside write to a directory and the directories in it. */
  public void openTree(Path directory) throws IOException {
    openPath(directory);
    addPreparation("find " + quotedPath(directory) + " -type d -exec chmod a+rwx {} +");
  }

  /** Adds a script that root runs before the command. */
  public void addPreparation(String script) {
    preparation.add(script);
  }

  private static String quotedPath(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }

  /** Returns the command line that runs a command inside, in the directory {@link #PLACE}. */
  public List<String> commandInside(List<String> command) {
    List<String> longer = new ArrayList<>();
    longer.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-euc"));
    longer.add(SCRIPT);
    longer.add(scratch.toString());
    longer.add(String.join("\n", preparation));
    longer.addAll(command);
    return longer;
  }

  /** Runs a command inside, and returns its output. */
  public String runInside(List<String> command) throws IOException {
    Process process = new ProcessBuilder(commandInside(command)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.onExit().join().exitValue();
    assertEquals(0, status, output);
    return output;
  }
}
