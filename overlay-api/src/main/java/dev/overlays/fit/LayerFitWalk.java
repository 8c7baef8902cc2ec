package dev.overlays.fit;

import dev.overlays.Problem;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Checks each entry of a layer, with one open handle per level. */
final class LayerFitWalk {
  /** The walk stops at this number of problems. */
  private static final int MAX_PROBLEMS = 20;

  private final LayerFit fit;
  private final List<Problem> problems = new ArrayList<>();
  private final Deque<OpenDirectory> openDirectories = new ArrayDeque<>();

  private boolean hasMetacopies;

  private record OpenDirectory(LayerDirectory directory, EntryCursor entries) {}

  LayerFitWalk(LayerFit fit) {
    this.fit = fit;
  }

  /** Examines a layer, whose root stays open. */
  LayerFindings examineLayer(LayerDirectory root) throws IOException {
    fit.problemOfRoot(root).ifPresent(problems::add);
    fit.problemOfEntry(root, Name.SELF, EntryType.UNKNOWN, root.xattrs(Name.SELF))
        .ifPresent(problems::add);
    try {
      openDirectories.push(new OpenDirectory(root, root.entries()));
      while (!openDirectories.isEmpty() && problems.size() < MAX_PROBLEMS) {
        checkNext();
      }
    } finally {
      while (openDirectories.size() > 1) {
        openDirectories.pop().directory().close();
      }
    }
    return new LayerFindings(problems, hasMetacopies);
  }

  private void checkNext() throws IOException {
    OpenDirectory present = openDirectories.peek();
    LayerEntry entry = present.entries().next();
    if (entry == null) {
      openDirectories.pop();
      if (!openDirectories.isEmpty()) {
        present.directory().close();
      }
      return;
    }
    try {
      checkEntry(present.directory(), entry);
    } catch (NoSuchFileException | NotDirectoryException e) {
      // The entry was removed in the view meanwhile.
    }
  }

  private void checkEntry(LayerDirectory directory, LayerEntry entry) throws IOException {
    Name name = entry.name();
    EntryType type = entry.type();
    if (type == EntryType.UNKNOWN) {
      Optional<EntryStat> stat = directory.stat(name);
      if (stat.isEmpty()) {
        return;
      }
      type = stat.get().type();
    }
    boolean marked = type == EntryType.DIRECTORY || type == EntryType.FILE;
    List<String> xattrs = marked ? directory.xattrs(name) : List.of();
    hasMetacopies |= fit.isMetacopy(type, xattrs);
    fit.problemOfEntry(directory, name, type, xattrs).ifPresent(problems::add);
    if (type == EntryType.DIRECTORY) {
      LayerDirectory inner = directory.open(name);
      try {
        openDirectories.push(new OpenDirectory(inner, inner.entries()));
      } catch (IOException | RuntimeException | Error e) {
        inner.close();
        throw e;
      }
    }
  }
}
