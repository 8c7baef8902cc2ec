package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The help of each command ends with an example, and each example does what it says. */
@Tag("long")
class HelpExamplesTest {

  /** The commands in an order in which their examples find what they need. */
  private static final List<String> COMMANDS =
      List.of(
          "create",
          "try",
          "mount",
          "status",
          "maintain",
          "unmount",
          "diff",
          "check",
          "vacuum",
          "export",
          "import",
          "push",
          "pull",
          "publish",
          "follow",
          "merge",
          "boot",
          "boot enable",
          "boot disable",
          "generate-man");

  private static List<ProgramRun> readHelp() throws IOException {
    List<List<String>> questions = new ArrayList<>();
    questions.add(List.of("--help"));
    for (String command : COMMANDS) {
      List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
      words.add("--help");
      questions.add(words);
    }
    return ProgramLoop.runAll(questions);
  }

  private static List<String> listedCommands(String help) {
    return help.lines()
        .dropWhile(line -> !line.equals("Commands:"))
        .skip(1)
        .takeWhile(line -> !line.isBlank())
        .filter(line -> line.matches("  [a-z].*"))
        .map(line -> line.strip().split(" ", 2)[0])
        .toList();
  }

  /** The lines after "Example:", joined where they end with a backslash. */
  private static String exampleIn(String help) {
    String example =
        help.lines()
            .dropWhile(line -> !line.equals("Example:"))
            .skip(1)
            .collect(Collectors.joining("\n"));
    assertTrue(example.startsWith("  overlays "), help);
    return example.replace("\\\n", "").strip();
  }

  @Test
  void everyCommandHasAnExampleThatRuns() throws IOException {
    List<ProgramRun> help = readHelp();
    help.forEach(each -> each.assertCode(0));
    List<String> listed = new ArrayList<>(listedCommands(help.get(0).out()));
    assertTrue(listed.removeAll(List.of("generate-completion", "help")));
    assertEquals(
        COMMANDS.stream().filter(command -> !command.contains(" ")).sorted().toList(),
        listed.stream().sorted().toList());

    StringBuilder script =
        new StringBuilder(
            """
            set -e
            mount -t tmpfs tmpfs /srv
            mkdir /srv/cache /srv/instances
            printf 'version: 0.1\\nstorage: {filesystem: {}}\\nhttp: {addr: "127.0.0.1:5000"}\\n' >/srv/registry.yml
            echo file >/srv/cache/file
            cp -a /etc /srv/etc
            rm -f /srv/etc/fstab
            touch /srv/etc/fstab
            mount --bind /srv/etc /etc
            ip link set lo up
            mkdir /srv/registry
            export REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/srv/registry
            docker-registry serve /srv/registry.yml >/srv/registry.log 2>&1 &
            trap "kill $!" EXIT
            until (: </dev/tcp/127.0.0.1/5000) 2>/dev/null; do kill -0 $!; done
            overlays() { echo "+ $*" >&2; %s "$@"; }
            """
                .formatted(String.join(" ", ProgramRun.programWords())));
    for (ProgramRun each : help.subList(1, help.size())) {
      script.append(exampleIn(each.out())).append('\n');
    }
    script.append(
        "test -e /srv/cache/new-file\ntest -e /srv/cache-v1/file\ntest -e /srv/other-cache/file\ngrep -q '^.SH .overlays boot enable' /srv/overlays.1\n! grep -q overlay /srv/etc/fstab\n");
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path file = sandbox.createFile("script", script.toString());
      ProgramRun run =
          ProgramRun.finish(
              new ProcessBuilder(
                  "unshare",
                  "--mount",
                  "--net",
                  "--propagation",
                  "private",
                  "bash",
                  file.toString()));
      assertEquals(0, run.code(), () -> script + run.out() + run.err());
      assertEquals(
          COMMANDS.size(), run.err().lines().filter(line -> line.startsWith("+ ")).count());
    }
  }
}
