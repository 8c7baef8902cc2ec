package dev.overlays.linux.namespace;

import dev.overlays.linux.syscall.PathBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes commands that run in a namespace: they enter it, go to a directory, become this user again,
 * and then are the program itself, so that ending the process ends the program.
 */
final class EnterCommand {
  private static volatile Boolean mappingOffered;

  private EnterCommand() {}

  /**
   * Returns the command.
   *
   * @param namespace where to
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

  /** Looks whether the shell is ending the others: it may have overlooked this one. */
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
   * In another namespace in that one, in which the user is who they are. Not where they are
   * already, nor where unshare(1) cannot do it (before util-linux 2.34): then they are root in
   * there.
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

  /** Whatever the locale of this JVM, the arguments of a command can only be trusted in ASCII. */
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
   * Whether unshare(1) can map a user to another number. Remembered only when it was told: too many
   * files may be open at this moment.
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
