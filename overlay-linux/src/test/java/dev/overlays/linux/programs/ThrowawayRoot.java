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
 * A root of the machine that is a view of it, in a mount namespace of its own, and gone with the
 * last process in there. Its upper tells who has written what where. Only {@code /dev}, {@code
 * /proc} and {@code /sys} are the machine's own; {@code /run} is empty.
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

  /** The test's own, in no view; everything else is the machine's. */
  public static final Path PLACE = Path.of("/place");

  private final Path scratch;
  private final Set<String> preparation = new LinkedHashSet<>();

  /**
   * @param scratch an empty directory, over which memory is mounted in that namespace
   */
  public ThrowawayRoot(Path scratch) {
    this.scratch = scratch;
  }

  /** Where whoever is in there finds what was written to it. */
  public Path upper() {
    return Path.of("/old" + scratch, "upper");
  }

  /** Lets anybody in there come to a file or directory, though only root may on the machine. */
  public void open(Path path) throws IOException {
    for (Path above = path.toRealPath(); above != null; above = above.getParent()) {
      if (Files.isDirectory(above)
          && !Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        prepare("chmod a+x " + quoted(above));
      }
    }
  }

  /** Lets anybody in there write to a directory and all that are in it, as long as it lasts. */
  public void openWhole(Path directory) throws IOException {
    open(directory);
    prepare("find " + quoted(directory) + " -type d -exec chmod a+rwx {} +");
  }

  /** Lets root do something before any command is run. */
  public void prepare(String script) {
    preparation.add(script);
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }

  /** Returns what runs a command in there; its directory is {@link #PLACE}. */
  public List<String> command(List<String> command) {
    List<String> longer = new ArrayList<>();
    longer.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-euc"));
    longer.add(SCRIPT);
    longer.add(scratch.toString());
    longer.add(String.join("\n", preparation));
    longer.addAll(command);
    return longer;
  }

  /** Runs a command in there, and returns what it printed. */
  public String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command(command)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.onExit().join().exitValue();
    assertEquals(0, status, output);
    return output;
  }
}
