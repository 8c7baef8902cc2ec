package dev.overlays.linux.namespace;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.process.ProcessEndings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes commands that run in a namespace: they enter it, change to a directory, become this user
 * again, and finally execute the program itself, so that ending the process ends the program.
 */
final class EnterCommand {
  private static volatile Boolean mappingOffered;

  private EnterCommand() {}

  /**
   * Returns the command.
   *
   * @param namespace the namespace to enter
   * @param directory an absolute path in the namespace
   * @param command the program and its arguments
   */
  static List<String> of(UserNamespace namespace, Path directory, List<String> command) {
    List<String> all = new ArrayList<>();
    all.add(programPath("nsenter"));
    all.addAll(List.of("--target", Long.toString(namespace.processId()), "--user", "--mount"));
    all.add("--preserve-credentials");
    all.add("--");
    all.addAll(List.of(programPath("sh"), "-c", enterScript(namespace, directory), "sh"));
    all.addAll(command);
    return all;
  }

  /**
   * The script checks first whether the shell is already ending the other processes, since it may
   * have missed this one.
   */
  private static String enterScript(UserNamespace namespace, Path directory) {
    String shell = "/proc/" + namespace.processId() + "/cwd";
    return "[ -d "
        + shell
        + " ] && [ ! "
        + shell
        + " -ef "
        + HolderScript.ENDING
        + " ] || exit 125\n"
        + "d=$(printf '"
        + octalPath(directory)
        + "x')\n"
        + "cd \"${d%x}\" || exit 126\n"
        + "exec "
        + asThisUser(namespace.processId())
        + "\"$@\"";
  }

  private static String programPath(String name) {
    return NamespacePrograms.findProgram(name).map(Path::toString).orElse("/usr/bin/" + name);
  }

  /**
   * Returns the prefix of a command that creates a nested namespace in which the user keeps their
   * own ID. It is empty if the user has that ID already, or if unshare(1) cannot map it (before
   * util-linux 2.34): then the user is root in the namespace.
   */
  private static String asThisUser(long pid) {
    try {
      String map = Files.readString(Path.of("/proc", Long.toString(pid), "uid_map")).strip();
      ProcessOwner owner = ProcessOwner.ofThisProcess();
      boolean themselves = map.split("\\s+", -1)[0].equals("0") && owner.user().equals("0");
      return themselves || !isMappingOffered()
          ? ""
          : String.format(
              Locale.ROOT,
              "%s --user --map-user=%s --map-group=%s -- ",
              programPath("unshare"),
              owner.user(),
              owner.group());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Encodes a path in ASCII, the only characters that a JVM of any locale passes on unchanged in
   * arguments.
   */
  private static String octalPath(Path path) {
    StringBuilder text = new StringBuilder();
    for (byte b : PathBytes.of(path)) {
      boolean plain = b == '/' || b == '.' || b == '_' || b == '-' || isAlphanumeric(b);
      text.append(plain ? Character.toString(b) : String.format(Locale.ROOT, "\\%03o", b & 0xff));
    }
    return text.toString();
  }

  private static boolean isAlphanumeric(byte b) {
    return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
  }

  /**
   * Whether unshare(1) can map a user to another ID. The answer is cached only if the program ran:
   * too many files may be open at this moment.
   */
  static boolean isMappingOffered() throws IOException {
    Boolean known = mappingOffered;
    if (known == null) {
      Process help =
          new ProcessBuilder(programPath("unshare"), "--help").redirectErrorStream(true).start();
      help.getOutputStream().close();
      String words = new String(help.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      known = words.contains("--map-user");
      if (ProcessEndings.of(help) == 0) {
        mappingOffered = known;
      }
    }
    return known;
  }
}
