package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The user as root, followed by the IDs that the administrator has given to them, so that files of
 * several owners keep them when they are copied up. Source: subuid(5), newuidmap(1).
 */
final class SubordinateIds implements IdMap {
  private static final Path SUBUID = Path.of("/etc/subuid");
  private static final Path SUBGID = Path.of("/etc/subgid");

  private final List<String> userMap;
  private final List<String> groupMap;

  private SubordinateIds(List<String> userMap, List<String> groupMap) {
    this.userMap = userMap;
    this.groupMap = groupMap;
  }

  /** The map of this user; empty if they have no IDs, or the programs to use them are missing. */
  static Optional<IdMap> ofThisUser() {
    if (NamespacePrograms.findProgram("newuidmap").isEmpty()
        || NamespacePrograms.findProgram("newgidmap").isEmpty()) {
      return Optional.empty();
    }
    try {
      String name = System.getProperty("user.name");
      String user = ProcessOwner.ofThisProcess().user();
      String group = ProcessOwner.ofThisProcess().group();
      Optional<List<String>> users = mappingArguments(Files.readAllLines(SUBUID), name, user, user);
      Optional<List<String>> groups =
          mappingArguments(Files.readAllLines(SUBGID), name, user, group);
      return users.isPresent() && groups.isPresent()
          ? Optional.of(new SubordinateIds(users.get(), groups.get()))
          : Optional.empty();
    } catch (IOException e) {
      // No such files, or none that can be read as text: nothing was given to anybody.
      return Optional.empty();
    }
  }

  /** What newuidmap(1) takes: three numbers a range; the first range of the user is enough. */
  static Optional<List<String>> mappingArguments(
      List<String> lines, String name, String user, String own) {
    for (String line : lines) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length == 3
          && (fields[0].equals(name) || fields[0].equals(user))
          && fields[1].matches("\\d+")
          && fields[2].matches("[1-9]\\d*")) {
        return Optional.of(List.of("0", own, "1", "1", fields[1], fields[2]));
      }
    }
    return Optional.empty();
  }

  @Override
  public void writeMaps(long pid) throws IOException {
    Process users = startProgram("newuidmap", pid, userMap);
    Process groups = startProgram("newgidmap", pid, groupMap);
    // Both are waited for, whatever the first says.
    boolean mapped = hasSucceeded(users);
    if (!hasSucceeded(groups) || !mapped) {
      throw new IOException("newuidmap or newgidmap has failed");
    }
  }

  private static Process startProgram(String program, long pid, List<String> map)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            NamespacePrograms.findProgram(program)
                .map(Path::toString)
                .orElse("/usr/bin/" + program),
            Long.toString(pid));
    builder.command().addAll(map);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static boolean hasSucceeded(Process process) {
    return ProcessEndings.of(process) == 0;
  }
}
