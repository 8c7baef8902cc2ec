package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.preflight.Preflight;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The directories of an instance that did not exist: removed again unless they are kept. */
final class InstanceDirectories implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  private final Deque<Path> created = new ArrayDeque<>();

  private InstanceDirectories() {}

  /** Creates what is missing of an instance, after everything that could be wrong was looked at. */
  static InstanceDirectories prepare(OverlaySpec spec) throws OverlayException {
    InstanceDirectories directories = new InstanceDirectories();
    if (spec.instance().isEmpty()) {
      return directories;
    }
    Path upper = spec.upper().orElseThrow();
    Path work = spec.work().orElseThrow();
    Path mountPoint = spec.mountPoint().orElseThrow();
    if (Files.isDirectory(upper) && Files.isDirectory(work) && Files.isDirectory(mountPoint)) {
      return directories;
    }
    List<Problem> problems = Preflight.of(spec);
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    try {
      directories.create(spec.instance().get());
      directories.create(work);
      directories.create(mountPoint);
      if (directories.create(upper)) {
        copyAttributes(spec, upper);
      }
      return directories;
    } catch (IOException | RuntimeException e) {
      directories.close();
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.DIRECTORY_NOT_CREATED,
                  spec.instance().get(),
                  "The directories of the instance cannot be created: " + e + ".",
                  "Give this process the right to write there, or create them by hand.")),
          e);
    }
  }

  private boolean create(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return false;
    }
    Files.createDirectory(directory);
    created.push(directory);
    return true;
  }

  /** The root of the view has the attributes of the upper: a new one must not change them. */
  private static void copyAttributes(OverlaySpec spec, Path upper) throws IOException {
    Path lower = spec.lowers().get(0);
    MarkNamespace marks = spec.options().userXattr() ? MarkNamespace.USER : MarkNamespace.TRUSTED;
    try (LayerDirectory from = LayerStore.of(lower).open(lower);
        LayerDirectory to = LayerStore.of(upper).open(upper)) {
      AttributeCopy.copy(from, Name.SELF, to, Name.SELF, marks);
    }
  }

  /** Keeps what was created. */
  void keep() {
    created.clear();
  }

  /** Removes what was created, and what a failed mount has put into it. */
  @Override
  public void close() {
    for (Path directory : created) {
      try {
        clear(directory);
        Files.delete(directory);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "left behind: " + directory, e);
      }
    }
    created.clear();
  }

  private static void clear(Path directory) throws IOException {
    try (LayerDirectory layer = LayerStore.of(directory).open(directory)) {
      LayerEntries.removeAll(layer);
    }
  }
}
