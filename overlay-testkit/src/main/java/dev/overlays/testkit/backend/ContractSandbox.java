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

  BackendUnderTest backendUnderTest() {
    return subject;
  }

  boolean isDeclared(Capability capability) {
    return subject.capabilities().contains(capability);
  }

  boolean isStrict() {
    return subject.strictness() == RefusalStrictness.STRICT;
  }

  /** Skips the test unless the backend has declared the capabilities. */
  void assumeDeclared(Capability... capabilities) {
    for (Capability capability : capabilities) {
      assumeTrue(isDeclared(capability), () -> "the backend has not declared " + capability);
    }
  }

  Path pathOf(String relative) {
    return subject.directory().resolve(relative);
  }

  Path makeDirectory(String relative) throws IOException {
    return Files.createDirectories(pathOf(relative));
  }

  Path makeFile(String relative, String content) throws IOException {
    Path file = pathOf(relative);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /** Returns the paths that the layers of a spec show together by the rules of the format. */
  List<String> namesInLayers(OverlaySpec spec) throws IOException {
    return LayerView.of(layerStore(), spec.upper().orElseThrow(), spec.lowers(), markNamespace())
        .manifest()
        .stream()
        .map(line -> line.substring(0, line.indexOf(' ')))
        .filter(path -> !path.equals("."))
        .sorted()
        .toList();
  }

  /** Makes a whiteout in the form of the layer store. */
  void makeWhiteout(String relative) throws IOException {
    Path entry = pathOf(relative);
    Path parent = Files.createDirectories(entry.getParent());
    try (LayerDirectory directory = layerStore().open(parent)) {
      directory.createWhiteout(Name.of(entry.getFileName().toString()));
    }
  }

  LayerStore layerStore() throws OverlayException {
    return LayerStore.of(subject.directory());
  }

  /** Returns a spec without layers, with a mark namespace that the backend supports. */
  OverlaySpec.Builder specWithoutLayers() {
    return OverlaySpec.builder()
        .options(options -> options.withUserXattr(!isDeclared(Capability.TRUSTED_MARKS)));
  }

  MarkNamespace markNamespace() {
    return isDeclared(Capability.TRUSTED_MARKS) ? MarkNamespace.TRUSTED : MarkNamespace.USER;
  }

  /** Returns a spec of existing directories, side by side. */
  OverlaySpec.Builder specOfLayers() throws IOException {
    return specOfLayers("");
  }

  /** Returns a spec of existing directories; all names but the lower's have a prefix. */
  OverlaySpec.Builder specOfLayers(String prefix) throws IOException {
    return specWithoutLayers()
        .lower(makeDirectory("lower"))
        .upper(makeDirectory(prefix + "upper"))
        .work(makeDirectory(prefix + "work"))
        .mountPoint(makeDirectory(prefix + "mnts"));
  }

  /** Returns a spec of one lower, without a mount point if the backend supports that. */
  OverlaySpec.Builder specOfLower() throws IOException {
    OverlaySpec.Builder builder = specWithoutLayers().lower(makeDirectory("lower"));
    return isDeclared(Capability.NO_MOUNT_POINT)
        ? builder
        : builder.mountPoint(makeDirectory("mnts"));
  }

  /** Mounts a correct spec, and asserts that the check reports no problem. */
  OverlayMount mount(OverlaySpec spec) throws IOException {
    watchLowers(spec);
    assertEquals(List.of(), backend().check(spec), "what the check says of a good spec");
    OverlayMount mount = backend().mount(spec);
    synchronized (mounts) {
      mounts.push(mount);
    }
    return mount;
  }

  OverlayMount mount() throws IOException {
    return mount(specOfLayers().build());
  }

  /** Records the lowers of a spec; from now on they must not change. */
  void watchLowers(OverlaySpec spec) throws IOException {
    synchronized (lowers) {
      if (mountedBefore == null) {
        mountedBefore = mountedHere();
      }
      for (Path lower : spec.lowers()) {
        if (!lowers.containsKey(lower)) {
          lowers.put(lower, everythingIn(lower));
        }
      }
    }
  }

  /** Returns where the backend shows its mounts below the directory, or over layers there. */
  List<String> mountedHere() throws OverlayException {
    Path here = subject.directory().toAbsolutePath();
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
  List<String> everythingIn(Path directory) throws IOException {
    return LayerView.ofMounted(layerStore(), directory).withDirectoryTimes().manifest();
  }

  /**
   * Returns everything below the directory, except for mount points and work directories of mounted
   * views, which may change at any time. The times of the directories around a work directory are
   * left out, because a backend may probe its file system there.
   */
  List<String> linesAtRest(Optional<Path> work) throws IOException {
    List<Path> tried = work.map(ContractSandbox::writtenAndRealPath).orElse(List.of());
    List<Path> alive = new ArrayList<>();
    for (OverlayMount mount : mounts) {
      mount.spec().mountPoint().ifPresent(alive::add);
      mount.spec().work().ifPresent(alive::add);
      if (mount.spec().ephemeral().orElse(null) instanceof Ephemeral.Directory directory) {
        alive.add(directory.parent());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String name : VisibleTree.namesIn(subject.directory())) {
      Path entry = pathOf(name);
      if (alive.contains(entry) || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        lines.add(name);
      } else {
        LayerView view = LayerView.ofMounted(layerStore(), entry);
        boolean times = tried.stream().noneMatch(path -> path.startsWith(entry));
        for (String line : (times ? view.withDirectoryTimes() : view).manifest()) {
          lines.add(name + ": " + line);
        }
      }
    }
    return lines;
  }

  /** Returns a path as written, and its real path. */
  private static List<Path> writtenAndRealPath(Path path) {
    try {
      return List.of(path, path.toRealPath());
    } catch (IOException e) {
      return List.of(path);
    }
  }

  /** Returns what a view shows, a line for each entry. */
  SortedMap<String, String> viewLines(OverlayMount mount) throws IOException {
    return VisibleTree.of(mount.root(), subject.capabilities());
  }

  /** Asserts that an operation fails; if strict, with the exception of a local file system. */
  void assertFails(Class<? extends Exception> exactly, Executable executable) {
    Exception e = assertThrows(Exception.class, executable);
    if (isStrict()) {
      assertEquals(exactly, e.getClass(), e::toString);
    } else {
      assertTrue(
          e instanceof IOException || e instanceof UnsupportedOperationException, e::toString);
    }
  }

  private void assertLowersUnchanged() throws IOException {
    for (Map.Entry<Path, List<String>> lower : lowers.entrySet()) {
      assertEquals(
          lower.getValue(),
          everythingIn(lower.getKey()),
          "the lower " + lower.getKey() + " changed");
    }
  }

  @Override
  public void close() throws IOException {
    try (Closeable cleanup = subject.cleanup()) {
      assertTrue(cleanup != null);
      while (!mounts.isEmpty()) {
        unmountIfMounted(mounts.pop());
      }
      assertLowersUnchanged();
      if (mountedBefore != null) {
        assertEquals(mountedBefore, mountedHere(), "mounted after everything was closed");
      }
    }
  }

  private void unmountIfMounted(OverlayMount mount) throws OverlayException {
    if (mount.isMounted()) {
      mount.close(
          isDeclared(Capability.LAZY_UNMOUNT) ? UnmountOptions.lazily() : UnmountOptions.strict());
    }
  }
}
