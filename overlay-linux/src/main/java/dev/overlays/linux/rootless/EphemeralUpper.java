package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.AttributeCopy;
import dev.overlays.layer.LayerCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.namespace.Answer;
import dev.overlays.linux.namespace.Namespace;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** An upper and a work directory that are thrown away with their view. */
final class EphemeralUpper implements AutoCloseable {
  static final String UPPER = "upper";
  static final String WORK = "work";

  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");
  private static final LayerStore STORE = new NativeLayerStore();

  /** What is done to throw them away. */
  @FunctionalInterface
  private interface Ending {
    void end() throws IOException;
  }

  private final Path directory;
  private final boolean inMemory;
  private final Ending ending;
  private boolean closed;

  private EphemeralUpper(Path directory, boolean inMemory, Ending ending) {
    this.directory = directory;
    this.inMemory = inMemory;
    this.ending = ending;
  }

  /**
   * Makes them, in memory at the place where the view is going to be mounted over them: the working
   * directory of the namespace is there then.
   */
  static EphemeralUpper make(OverlaySpec spec, Namespace namespace, Path target)
      throws OverlayException {
    Ephemeral place = spec.ephemeral().orElseThrow();
    try {
      EphemeralUpper made =
          place instanceof Ephemeral.Directory onDisk
              ? onDisk(onDisk.parent())
              : inMemory((Ephemeral.Memory) place, namespace, target);
      try {
        made.fill(spec);
        return made;
      } catch (IOException | RuntimeException e) {
        made.close();
        throw e;
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(notCreated(place, e.toString())), e);
    }
  }

  private static EphemeralUpper onDisk(Path parent) throws IOException {
    Path directory = Files.createTempDirectory(parent.toAbsolutePath(), "overlays-");
    return new EphemeralUpper(directory, false, () -> remove(directory));
  }

  private static void remove(Path directory) throws IOException {
    try (LayerDirectory all = STORE.open(directory)) {
      LayerEntries.removeAll(all);
    }
    Files.delete(directory);
  }

  private static EphemeralUpper inMemory(Ephemeral.Memory place, Namespace namespace, Path target)
      throws IOException {
    String size = place.limit().isPresent() ? ",size=" + place.limit().getAsLong() : "";
    Answer answer = namespace.run(MountPrograms.memory("mode=0700" + size, target));
    if (!answer.succeeded()) {
      throw new OverlayException(notCreated(place, answer.words()));
    }
    try {
      Descriptor root = Descriptor.open(namespace.seen(target), Open.PATH | Open.DIRECTORY);
      Path seen = Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd");
      return new EphemeralUpper(
          seen.resolve(Integer.toString(root.number())),
          true,
          () -> {
            root.close();
            unmount(namespace, target);
          });
    } catch (IOException e) {
      unmount(namespace, target);
      throw e;
    }
  }

  /** Of a private view it is gone with the namespace. */
  private static void unmount(Namespace namespace, Path target) throws OverlayException {
    if (namespace.isAlive()) {
      namespace.run(MountPrograms.unmountLazily(target));
    }
  }

  /** The root of the view is to look like the top-most lower. */
  private void fill(OverlaySpec spec) throws IOException {
    Files.createDirectory(work());
    Files.createDirectory(upper());
    MarkNamespace marks = spec.options().userXattr() ? MarkNamespace.USER : MarkNamespace.TRUSTED;
    try (LayerDirectory lower = STORE.open(spec.lowers().get(0));
        LayerDirectory upper = STORE.open(upper())) {
      AttributeCopy.copy(lower, Name.SELF, upper, Name.SELF, marks);
    }
  }

  static Problem notCreated(Path parent, String why) {
    return Problem.of(
        ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
        parent,
        "No upper to be thrown away can be made there: " + why + ".",
        "Name an existing directory that this process may write to.");
  }

  private static Problem notCreated(Ephemeral place, String why) {
    return place instanceof Ephemeral.Directory onDisk
        ? notCreated(onDisk.parent(), why)
        : Problem.of(
            ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
            "No upper to be thrown away can be made in memory: " + why + ".",
            "Ask for less memory, or for a place on a disk: Ephemeral.in(directory).");
  }

  /** Keeps the upper, which no view uses any more, at another place. */
  void keepTo(Path target, MarkNamespace marks) throws OverlayException {
    Path absolute = target.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new OverlayException(notKept(target, "it is the root of everything"));
    }
    Name name = lastName(absolute);
    try (LayerDirectory to = STORE.open(parent)) {
      if (inMemory || !moved(to, name, marks)) {
        try (LayerDirectory layer = STORE.open(upper())) {
          LayerCopy.copy(layer, marks, to, name, true);
        }
      }
    } catch (IOException e) {
      throw new OverlayException(List.of(notKept(target, e.toString())), e);
    }
  }

  private static Name lastName(Path path) {
    byte[] bytes = PathBytes.of(path);
    int start = bytes.length;
    while (bytes[start - 1] != '/') {
      start--;
    }
    return Name.of(Arrays.copyOfRange(bytes, start, bytes.length));
  }

  /** Within one file system there is no need to copy. */
  private boolean moved(LayerDirectory to, Name name, MarkNamespace marks) throws IOException {
    try (LayerDirectory from = STORE.open(directory)) {
      LayerCopy.move(from, Name.of(UPPER), marks, to, name);
      return true;
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "copied, not moved: " + e);
      return false;
    }
  }

  private static Problem notKept(Path target, String why) {
    return Problem.of(
        ProblemCode.NOT_KEPT,
        target,
        "What was written cannot be kept there: " + why + ".",
        "Name a directory that does not exist, in one that does; nothing is lost until the view is"
            + " closed.");
  }

  /** Whether the mount gets them by their plain names, relative to where they are. */
  boolean isInMemory() {
    return inMemory;
  }

  Path upper() {
    return directory.resolve(UPPER);
  }

  Path work() {
    return directory.resolve(WORK);
  }

  /** The same spec with these for its upper and work directory, as this process sees them. */
  OverlaySpec in(OverlaySpec spec) {
    OverlaySpec.Builder builder =
        OverlaySpec.builder()
            .lowers(spec.lowers())
            .upper(upper())
            .work(work())
            .options(spec.options())
            .propagation(spec.propagation());
    spec.dataLowers().forEach(builder::dataLower);
    spec.mountPoint().ifPresent(builder::mountPoint);
    spec.attributes().forEach(builder::attributes);
    spec.privatePaths().forEach(builder::privatePath);
    return builder.build();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      ending.end();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left behind: " + directory, e);
    }
  }
}
