package dev.overlays.merge.oci;

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
final class MachineAccounts {
  private static final int NUMBER = 2;

  private Map<String, String> users;
  private Map<String, String> groups;

  /** Returns the number of a user, in digits; null if there is no such user. */
  String userNumber(String name) throws IOException {
    users = users != null ? users : readNames(Path.of("/etc/passwd"));
    return users.get(name);
  }

  /** Returns the number of a group, in digits; null if there is no such group. */
  String groupNumber(String name) throws IOException {
    groups = groups != null ? groups : readNames(Path.of("/etc/group"));
    return groups.get(name);
  }

  private static Map<String, String> readNames(Path file) throws IOException {
    Map<String, String> numbers = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length > NUMBER && fields[NUMBER].matches("[0-9]{1,10}")) {
          numbers.putIfAbsent(fields[0], fields[NUMBER]);
        }
      }
    } catch (NoSuchFileException e) {
      return numbers;
    }
    return numbers;
  }
}
