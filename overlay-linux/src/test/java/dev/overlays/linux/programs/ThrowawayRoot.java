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
final class ThrowawayRoot {
  private static final String SCRIPT =
      """
      opened=$1
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
      echo "$opened" | while IFS= read -r directory; do
        test -z "$directory" || chmod a+x ".$directory"
      done
      pivot_root . old
      cd /place
      mkdir -m 777 home tmp views
      exec "$@"
      """;

  /** The test's own, in no view; everything else is the machine's. */
  static final Path PLACE = Path.of("/place");

  private final Path scratch;
  private final Set<Path> closed = new LinkedHashSet<>();

  /**
   * @param scratch an empty directory, over which memory is mounted in that namespace
   */
  ThrowawayRoot(Path scratch) {
    this.scratch = scratch;
  }

  /** Where whoever is in there finds what was written to it. */
  Path upper() {
    return Path.of("/old" + scratch, "upper");
  }

  /** Lets anybody in there come to a file or directory, though only root may on the machine. */
  void open(Path path) throws IOException {
    for (Path above = path.toRealPath(); above != null; above = above.getParent()) {
      if (Files.isDirectory(above)
          && !Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        closed.add(above);
      }
    }
  }

  /** Returns what runs a command in there; its directory is {@link #PLACE}. */
  List<String> command(List<String> command) {
    List<String> longer = new ArrayList<>();
    longer.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-euc"));
    longer.add(SCRIPT);
    longer.add(scratch.toString());
    longer.add(String.join("\n", closed.stream().map(Path::toString).toList()));
    longer.addAll(command);
    return longer;
  }

  /** Runs a command in there, and returns what it printed. */
  String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command(command)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.onExit().join().exitValue();
    assertEquals(0, status, output);
    return output;
  }
}
