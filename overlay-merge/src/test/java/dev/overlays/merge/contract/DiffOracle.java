package dev.overlays.merge.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryType;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ChangeKind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Computes the changes between two manifests, without reading a layer, and compares a diff with
 * them.
 */
public final class DiffOracle {
  private static final Predicate<String> CONTENT =
      Pattern.compile("(size|crc32c|target|device)=.*").asMatchPredicate();
  private static final Pattern SIZE = Pattern.compile(" size=(\\d+)");

  private DiffOracle() {}

  private record ManifestLine(EntryType type, List<String> fields) {
    static ManifestLine of(String[] parts) {
      return new ManifestLine(EntryType.valueOf(parts[1]), List.of(parts[2].split(" ", -1)));
    }

    List<String> contentFields() {
      return fields.stream().filter(CONTENT).toList();
    }

    long fileSize() {
      Matcher size = SIZE.matcher(" " + String.join(" ", fields));
      return type == EntryType.FILE && size.find() ? Long.parseLong(size.group(1)) : 0;
    }

    Change toChange(ChangeKind kind, String path) {
      return new Change(kind, path, type, fileSize(), Optional.empty());
    }
  }

  /**
   * Asserts that a diff that compares content reports exactly the differences of two views.
   *
   * @param told the changes reported, in order
   * @param lowers the manifest of the view without the upper, without hard links
   * @param view the manifest of the view, without hard links
   * @param compared which paths are looked at, as {@link Change#path()} has them
   */
  public static void assertExact(
      List<Change> told, List<String> lowers, List<String> view, Predicate<String> compared) {
    List<Change> changes = new ArrayList<>(told);
    List<Change> renamed = renamesIn(told);
    changes.removeAll(renamed);
    changes.removeIf(change -> !compared.test(change.path()));
    assertEquals(expectedChanges(lowers, view, renamed, compared), new HashSet<>(changes));
    Set<String> before = new HashSet<>();
    for (Change change : changes) {
      assertTrue(before.add(change.path()), () -> "told twice: " + change);
      assertTrue(
          changes.stream()
              .map(Change::path)
              .filter(path -> change.path().startsWith(path + "/"))
              .allMatch(before::contains),
          () -> "told before its parent: " + change);
    }
  }

  /**
   * Asserts that a diff that reads no data reports every difference of two views, and besides only
   * entries that were copied up or created again.
   *
   * @param told the changes
   * @param lowers the manifest of the view without the upper, without hard links
   * @param view the manifest of the view, without hard links
   * @param compared which paths are looked at, as {@link Change#path()} has them
   */
  public static void assertMissesNothing(
      List<Change> told, List<String> lowers, List<String> view, Predicate<String> compared) {
    List<Change> renamed = renamesIn(told);
    Map<String, Change> left = new HashMap<>();
    told.stream()
        .filter(change -> change.kind() != ChangeKind.RENAMED)
        .filter(change -> compared.test(change.path()))
        .forEach(change -> left.put(change.path(), change));
    for (Change change : expectedChanges(lowers, view, renamed, compared)) {
      Change found = left.remove(change.path());
      assertTrue(
          change.equals(found) || (change.kind() == ChangeKind.METADATA && isAllowedSurplus(found)),
          () -> change + " was told as " + found);
    }
    assertTrue(left.values().stream().allMatch(DiffOracle::isAllowedSurplus), left::toString);
  }

  private static List<Change> renamesIn(List<Change> told) {
    return told.stream().filter(change -> change.kind() == ChangeKind.RENAMED).toList();
  }

  private static boolean isAllowedSurplus(Change change) {
    return change != null
        && ((change.kind() == ChangeKind.MODIFIED && change.type() == EntryType.FILE)
            || (change.kind() == ChangeKind.REPLACED && change.type() == EntryType.DIRECTORY));
  }

  /**
   * Computes the changes between two manifests, both without hard links and times of directories.
   * Renamed entries are compared at their new place.
   */
  private static Set<Change> expectedChanges(
      List<String> lowers, List<String> view, List<Change> renamed, Predicate<String> compared) {
    Map<String, ManifestLine> before = moveRenamed(linesByPath(lowers), renamed);
    Map<String, ManifestLine> after = linesByPath(view);
    Set<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    paths.removeIf(compared.negate());
    Set<Change> changes = new LinkedHashSet<>();
    for (String path : paths) {
      ManifestLine old = before.get(path);
      ManifestLine now = after.get(path);
      if (old == null) {
        changes.add(now.toChange(ChangeKind.ADDED, path));
      } else if (now == null) {
        ManifestLine around = after.get(parentPath(path));
        if (around != null && around.type() == EntryType.DIRECTORY) {
          changes.add(old.toChange(ChangeKind.DELETED, path));
        }
      } else if (old.type() != now.type()) {
        changes.add(now.toChange(ChangeKind.REPLACED, path));
      } else if (!old.contentFields().equals(now.contentFields())) {
        changes.add(now.toChange(ChangeKind.MODIFIED, path));
      } else if (!old.equals(now)) {
        changes.add(now.toChange(ChangeKind.METADATA, path));
      }
    }
    return changes;
  }

  private static Map<String, ManifestLine> moveRenamed(
      Map<String, ManifestLine> lowers, List<Change> renamed) {
    Map<String, ManifestLine> before = new TreeMap<>(lowers);
    for (Change change : renamed) {
      before.keySet().removeIf(path -> isAt(path, change.path()));
      String from = change.from().orElseThrow();
      lowers.forEach(
          (path, line) -> {
            if (isAt(path, from)) {
              before.put(change.path() + path.substring(from.length()), line);
            }
          });
    }
    return before;
  }

  private static boolean isAt(String path, String place) {
    return path.equals(place) || path.startsWith(place + "/");
  }

  private static Map<String, ManifestLine> linesByPath(List<String> manifest) {
    Map<String, ManifestLine> lines = new TreeMap<>();
    for (String line : manifest) {
      String[] parts = line.split(" ", 3);
      lines.put(displayPath(parts[0]), ManifestLine.of(parts));
    }
    return lines;
  }

  private static String parentPath(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : path.substring(0, slash);
  }

  /** Returns a path as {@link Change#path()} shows it. */
  private static String displayPath(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length(); i++) {
      if (escaped.charAt(i) == '\\') {
        bytes.write(Integer.parseInt(escaped.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        bytes.write(escaped.charAt(i));
      }
    }
    // Names need not be decoded one by one, since a slash ends a malformed character.
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
