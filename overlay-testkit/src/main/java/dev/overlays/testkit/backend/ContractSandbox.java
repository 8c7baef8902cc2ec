package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.function.Executable;

/**
 * The directory in which one test makes layers and mounts them. Lowers are watched from their first
 * mount on. When the sandbox is closed, they must be unchanged, and nothing may be mounted that was
 * not mounted before.
 */
final class ContractSandbox implements Closeable {
  private final BackendUnderTest subject;
  private final Deque<OverlayMount> mounts = new ArrayDeque<>();
  private final Map<Path, List<String>> lowers = new LinkedHashMap<>();
  private List<String> mountedBefore;

  ContractSandbox(BackendUnderTest subject) {
    this.subject = subject;
  }

  OverlayBackend backend() {
    return subject.backend();
  }

  BackendUnderTest subject() {
    return subject;
  }

  boolean has(Capability capability) {
    return subject.capabilities().contains(capability);
  }

  boolean strict() {
    return subject.strictness() == Strictness.STRICT;
  }

  /** Skips the test unless the backend has declared the capabilities. */
  void needs(Capability... capabilities) {
    for (Capability capability : capabilities) {
      assumeTrue(has(capability), () -> "the backend has not declared " + capability);
    }
  }

  Path path(String relative) {
    return subject.place().resolve(relative);
  }

  Path directory(String relative) throws IOException {
    return Files.createDirectories(path(relative));
  }

  Path file(String relative, String content) throws IOException {
    Path file = path(relative);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /** Returns the paths that the layers of a spec show together by the rules of the format. */
  List<String> namesInLayers(OverlaySpec spec) throws IOException {
    return LayerView.of(store(), spec.upper().orElseThrow(), spec.lowers(), marks())
        .manifest()
        .stream()
        .map(line -> line.substring(0, line.indexOf(' ')))
        .filter(path -> !path.equals("."))
        .sorted()
        .toList();
  }

  /** Makes a whiteout in the form of the layer store. */
  void whiteout(String relative) throws IOException {
    Path entry = path(relative);
    Path parent = Files.createDirectories(entry.getParent());
    try (LayerDirectory directory = store().open(parent)) {
      directory.createWhiteout(Name.of(entry.getFileName().toString()));
    }
  }

  LayerStore store() throws OverlayException {
    return LayerStore.of(subject.place());
  }

  /** Returns a spec without layers, with a mark namespace that the backend supports. */
  OverlaySpec.Builder marked() {
    return OverlaySpec.builder()
        .options(options -> options.withUserXattr(!has(Capability.TRUSTED_MARKS)));
  }

  MarkNamespace marks() {
    return has(Capability.TRUSTED_MARKS) ? MarkNamespace.TRUSTED : MarkNamespace.USER;
  }

  /** Returns a spec of existing directories, side by side. */
  OverlaySpec.Builder layers() throws IOException {
    return layers("");
  }

  /** Returns a spec of existing directories; all names but the lower's have a prefix. */
  OverlaySpec.Builder layers(String prefix) throws IOException {
    return marked()
        .lower(directory("lower"))
        .upper(directory(prefix + "upper"))
        .work(directory(prefix + "work"))
        .mountPoint(directory(prefix + "mnts"));
  }

  /** Returns a spec of one lower, without a mount point if the backend supports that. */
  OverlaySpec.Builder lowerOnly() throws IOException {
    OverlaySpec.Builder builder = marked().lower(directory("lower"));
    return has(Capability.NO_MOUNT_POINT) ? builder : builder.mountPoint(directory("mnts"));
  }

  /** Mounts a correct spec, and asserts that the check reports no problem. */
  OverlayMount mount(OverlaySpec spec) throws IOException {
    watch(spec);
    assertEquals(List.of(), backend().check(spec), "what the check says of a good spec");
    OverlayMount mount = backend().mount(spec);
    synchronized (mounts) {
      mounts.push(mount);
    }
    return mount;
  }

  OverlayMount mount() throws IOException {
    return mount(layers().build());
  }

  /** Records the lowers of a spec; from now on they must not change. */
  void watch(OverlaySpec spec) throws IOException {
    synchronized (lowers) {
      if (mountedBefore == null) {
        mountedBefore = mountedHere();
      }
      for (Path lower : spec.lowers()) {
        if (!lowers.containsKey(lower)) {
          lowers.put(lower, everything(lower));
        }
      }
    }
  }

  /** Returns where the backend shows its mounts below the directory, or over layers there. */
  List<String> mountedHere() throws OverlayException {
    Path here = subject.place().toAbsolutePath();
    return backend().mounted().stream()
        .filter(mount -> isHere(here, mount.spec()))
        .map(mount -> mount.spec().mountPoint().orElse(mount.root()).toString())
        .sorted()
        .toList();
  }

  private static boolean isHere(Path here, OverlaySpec spec) {
    return spec.mountPoint().orElse(spec.lowers().get(0)).toAbsolutePath().startsWith(here);
  }

  /** Asserts that the backend lists a mount with its layers, and returns the listed mount. */
  OverlayMount assertListed(OverlayMount mount) throws OverlayException {
    OverlayMount listed =
        backend().mounted().stream()
            .filter(other -> other.root().equals(mount.root()))
            .findFirst()
            .orElseThrow(() -> new AssertionError("not listed: " + mount.root()));
    assertEquals(mount.spec().lowers(), listed.spec().lowers());
    assertEquals(mount.spec().upper(), listed.spec().upper());
    assertEquals(mount.spec().work(), listed.spec().work());
    assertEquals(mount.spec().attributes(), listed.spec().attributes());
    assertEquals(mount.spec().propagation(), listed.spec().propagation());
    assertEquals(mount.spec().mountPoint(), listed.spec().mountPoint());
    assertEquals(
        mount.spec().ephemeral().isPresent(), listed.spec().ephemeral().isPresent(), "ephemeral");
    return listed;
  }

  /** Returns everything in a layer or another directory, including all marks and times. */
  List<String> everything(Path directory) throws IOException {
    return LayerView.ofMounted(store(), directory).withDirectoryTimes().manifest();
  }

  /**
   * Returns everything below the directory, except for mount points and work directories of mounted
   * views, which may change at any time. The times of the directories around a work directory are
   * left out, because a backend may probe its file system there.
   */
  List<String> atRest(Optional<Path> work) throws IOException {
    List<Path> tried = work.map(ContractSandbox::names).orElse(List.of());
    List<Path> alive = new ArrayList<>();
    for (OverlayMount mount : mounts) {
      mount.spec().mountPoint().ifPresent(alive::add);
      mount.spec().work().ifPresent(alive::add);
      if (mount.spec().ephemeral().orElse(null) instanceof Ephemeral.Directory directory) {
        alive.add(directory.parent());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String name : ShownTree.names(subject.place())) {
      Path entry = path(name);
      if (alive.contains(entry) || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        lines.add(name);
      } else {
        LayerView view = LayerView.ofMounted(store(), entry);
        boolean times = tried.stream().noneMatch(path -> path.startsWith(entry));
        for (String line : (times ? view.withDirectoryTimes() : view).manifest()) {
          lines.add(name + ": " + line);
        }
      }
    }
    return lines;
  }

  /** Returns a path as written, and its real path. */
  private static List<Path> names(Path path) {
    try {
      return List.of(path, path.toRealPath());
    } catch (IOException e) {
      return List.of(path);
    }
  }

  /** Returns what a view shows, a line for each entry. */
  SortedMap<String, String> view(OverlayMount mount) throws IOException {
    return ShownTree.of(mount.root(), subject.capabilities());
  }

  /** Asserts that an operation fails; if strict, with the exception of a local file system. */
  void assertFails(Class<? extends Exception> exactly, Executable executable) {
    Exception e = assertThrows(Exception.class, executable);
    if (strict()) {
      assertEquals(exactly, e.getClass(), e::toString);
    } else {
      assertTrue(
          e instanceof IOException || e instanceof UnsupportedOperationException, e::toString);
    }
  }

  private void assertLowersUnchanged() throws IOException {
    for (Map.Entry<Path, List<String>> lower : lowers.entrySet()) {
      assertEquals(
          lower.getValue(), everything(lower.getKey()), "the lower " + lower.getKey() + " changed");
    }
  }

  @Override
  public void close() throws IOException {
    try (Closeable cleanup = subject.cleanup()) {
      assertTrue(cleanup != null);
      while (!mounts.isEmpty()) {
        unmount(mounts.pop());
      }
      assertLowersUnchanged();
      if (mountedBefore != null) {
        assertEquals(mountedBefore, mountedHere(), "mounted after everything was closed");
      }
    }
  }

  private void unmount(OverlayMount mount) throws OverlayException {
    if (mount.isMounted()) {
      mount.close(has(Capability.LAZY_UNMOUNT) ? UnmountOptions.lazily() : UnmountOptions.strict());
    }
  }
}
