package dev.overlays.hiding;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.owners.MappedLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The directories of several lowers that a view merges into one directory, top-most first. */
final class LowerStack implements Closeable {
  private final List<LayerDirectory> directories = new ArrayList<>();
  private final MarkNamespace marks;

  private LowerStack(MarkNamespace marks) {
    this.marks = marks;
  }

  static LowerStack openLowers(OverlaySpec spec, LayerStore store, MarkNamespace marks)
      throws IOException {
    LowerStack stack = new LowerStack(marks);
    LayerStore mapped = MappedLayerStore.mapLowers(store, List.of(spec));
    try {
      for (Path lower : spec.lowers()) {
        stack.directories.add(mapped.open(lower));
      }
      return stack;
    } catch (IOException | RuntimeException | Error e) {
      stack.close();
      throw e;
    }
  }

  /** Returns the directory whose attributes the view shows. */
  LayerDirectory topDirectory() {
    return directories.get(0);
  }

  /** Returns what the lowers together show under a name. */
  Optional<EntryStat> statShown(Name name) throws IOException {
    for (LayerDirectory directory : directories) {
      Optional<EntryStat> stat = directory.stat(name);
      if (stat.isPresent()) {
        return LayerEntries.isWhiteout(directory, name, stat.get(), marks)
            ? Optional.empty()
            : stat;
      }
    }
    return Optional.empty();
  }

  /**
   * Opens the directories that the view merges under a name; the top-most lower that has the name
   * must have a directory.
   */
  LowerStack openInner(Name name, String path) throws IOException {
    LowerStack inner = new LowerStack(marks);
    try {
      for (int i = 0; i < directories.size(); i++) {
        LayerDirectory directory = directories.get(i);
        Optional<EntryStat> stat = directory.stat(name);
        if (stat.isEmpty()) {
          continue;
        }
        if (!stat.get().isDirectory()) {
          break;
        }
        inner.directories.add(directory.open(name));
        if (i == directories.size() - 1 || LayerEntries.isOpaque(directory, name, marks)) {
          break;
        }
        refuseRedirect(directory, name, path);
      }
      return inner;
    } catch (IOException | RuntimeException | Error e) {
      inner.close();
      throw e;
    }
  }

  /**
   * Tells whether the lowers show a path. A symbolic link on the way may lead anywhere, so it is
   * refused.
   */
  boolean showsPath(List<Name> names, String path) throws IOException {
    LowerStack at = this;
    try {
      for (Name name : names.subList(0, names.size() - 1)) {
        Optional<EntryStat> stat = at.statShown(name);
        if (stat.filter(found -> found.type() == EntryType.SYMLINK).isPresent()) {
          throw unresolvablePath(at.topDirectory(), name, path, "a symbolic link");
        }
        if (stat.filter(EntryStat::isDirectory).isEmpty()) {
          return false;
        }
        at = at.descendFrom(name, path, this);
      }
      return at.statShown(names.get(names.size() - 1)).isPresent();
    } finally {
      if (at != this) {
        at.close();
      }
    }
  }

  /**
   * Opens the directories of a name, and closes the present ones unless they are the start of the
   * path.
   */
  LowerStack descendFrom(Name name, String path, LowerStack start) throws IOException {
    LowerStack inner = openInner(name, path);
    if (this != start) {
      try {
        close();
      } catch (IOException | RuntimeException | Error e) {
        inner.close();
        throw e;
      }
    }
    return inner;
  }

  void refuseRedirect(LayerDirectory directory, Name name, String path) throws IOException {
    if (directory.xattr(name, Mark.REDIRECT.xattr(marks)).isPresent()) {
      throw unresolvablePath(directory, name, path, "a renamed directory");
    }
  }

  private static OverlayException unresolvablePath(
      LayerDirectory directory, Name name, String path, String what) {
    return new OverlayException(
        Problem.of(
            ProblemCode.PRIVATE_PATH_UNRESOLVABLE,
            LayerEntries.pathOf(directory, name),
            "The private path \"" + path + "\" leads through " + what + ", so it cannot be hidden.",
            "Name the real place as the private path, or put a plain directory there."));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (LayerDirectory directory : directories) {
      try {
        directory.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
