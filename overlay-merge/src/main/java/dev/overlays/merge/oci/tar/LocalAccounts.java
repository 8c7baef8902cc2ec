package dev.overlays.merge.oci.tar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The users and groups of this machine, by name. Archives may name an account without its number.
 * The files are read on first use. Source: passwd(5), group(5).
 */
public final class LocalAccounts {
  private static final int ID_FIELD = 2;

  private final Path users;
  private final Path groups;
  private Map<String, String> userIds;
  private Map<String, String> groupIds;

  public LocalAccounts() {
    this(Path.of("/etc/passwd"), Path.of("/etc/group"));
  }

  /** Reads the users and groups from other files of the same form. */
  LocalAccounts(Path users, Path groups) {
    this.users = users;
    this.groups = groups;
  }

  /** Returns the number of a user, in digits; null if there is no such user. */
  String userId(String name) throws IOException {
    userIds = userIds != null ? userIds : readIds(users);
    return userIds.get(name);
  }

  /** Returns the number of a group, in digits; null if there is no such group. */
  String groupId(String name) throws IOException {
    groupIds = groupIds != null ? groupIds : readIds(groups);
    return groupIds.get(name);
  }

  private static Map<String, String> readIds(Path file) throws IOException {
    Map<String, String> numbers = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length > ID_FIELD && fields[ID_FIELD].matches("[0-9]{1,10}")) {
          numbers.putIfAbsent(fields[0], fields[ID_FIELD]);
        }
      }
    } catch (NoSuchFileException e) {
      return numbers;
    }
    return numbers;
  }
}
