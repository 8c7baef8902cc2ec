package dev.overlays.cli;

import dev.overlays.OverlayMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a command in a view that stands in the place of its own lower: in a mount namespace of the
 * process, so that absolute paths lead into the view, too, and nobody else sees it there.
 */
final class TrialProcess {
  /**
   * Who is not root becomes root of a user namespace, since only root may mount, and then
   * themselves again in a namespace below it (util-linux 2.34 or later; before that they stay root
   * there).
   */
  private static final String SCRIPT =
      """
      user=$(id -u) group=$(id -g) enter= become=
      if [ "$user" != 0 ]; then
        enter='--user --map-root-user'
        become="unshare --user --map-user=$user --map-group=$group"
        $become true 2>/dev/null || become=
      fi
      unshare $enter --mount true || exit 125
      exec unshare $enter --mount --propagation private sh -c '
        mount --bind . "$2" && cd "$2" || exit 125
        become=$1
        shift 2
        exec $become "$@"%s
      ' sh "$become" "$@"
      """;

  private final OverlayMount mount;
  private final Path directory;
  private final List<String> command;

  TrialProcess(OverlayMount mount, Path directory, List<String> command) {
    this.mount = mount;
    this.directory = directory;
    this.command = command;
  }

  /**
   * Starts the command.
   *
   * @param outputToError whether what it prints goes to standard error
   */
  Process start(boolean outputToError) throws IOException {
    String script = SCRIPT.formatted(outputToError ? " >&2" : "");
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, "sh", directory.toString()));
    words.addAll(command);
    return mount.command(words).inheritIO().start();
  }
}
