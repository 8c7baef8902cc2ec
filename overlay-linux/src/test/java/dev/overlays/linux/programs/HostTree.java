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
 * A listing of a tree, to find what programs wrote to the machine: their writes are entries in the
 * upper of its throw-away root.
 *
 * @param entries paths, with size and times
 */
record HostTree(SortedMap<String, String> entries) {

  /** Lists a tree as it is now. */
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
            // It belongs to another user; a program that cannot read it cannot write there either.
            entries.put(root.relativize(file).toString(), "closed");
            return FileVisitResult.CONTINUE;
          }
        });
    return new HostTree(entries);
  }

  /** Returns the paths that differ in a later listing. */
  List<String> changedPaths(HostTree later) {
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
