package dev.overlays.linux.programs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has been written to the machine, or to any directory of it: whatever differs is an entry of
 * the upper of its throw-away root.
 *
 * @param entries paths, with size and times
 */
record HostTree(SortedMap<String, String> entries) {

  /** Looks at a tree as it is now. */
  static HostTree of(Path root) throws IOException {
    SortedMap<String, String> entries = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes of) {
            entries.put(root.relativize(directory).toString(), "directory");
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes of) {
            entries.put(root.relativize(file).toString(), of.size() + " " + of.lastModifiedTime());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // Another user's: whoever cannot look into it cannot have written there.
            entries.put(root.relativize(file).toString(), "closed");
            return FileVisitResult.CONTINUE;
          }
        });
    return new HostTree(entries);
  }

  /** What is another in a later look. */
  List<String> changes(HostTree later) {
    List<String> changes = new ArrayList<>();
    later.entries.forEach(
        (path, state) -> {
          if (!state.equals(entries.get(path))) {
            changes.add(path);
          }
        });
    return changes;
  }
}
