package dev.overlays.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UuidMode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A temporary directory in which a test makes file systems and mounts with the tools of the
 * machine. Closing it undoes them, and checks that the library has left no mounts and no open
 * descriptors.
 */
public final class Sandbox implements AutoCloseable {
  private static final String CLOSED = "closed meanwhile";

  private final Path root;
  private final Deque<Path> mounts = new ConcurrentLinkedDeque<>();
  private final Deque<Closeable> held = new ConcurrentLinkedDeque<>();
  private final List<String> descriptorsBefore;

  private Sandbox(Path root) {
    this.root = root;
    this.descriptorsBefore = openDescriptors();
  }

  /** Makes a sandbox where root may mount; skips the test elsewhere, with the reason. */
  public static Sandbox asRoot() throws IOException {
    assumeRoot();
    return create();
  }

  /** Skips tests where nobody may mount, with the reason. */
  public static void assumeRoot() {
    var reason = new KernelBackend().whyUnavailable();
    assumeTrue(reason.isEmpty(), () -> "cannot mount here: " + reason.get());
  }

  /** Makes a sandbox for any user. */
  public static Sandbox create() throws IOException {
    return new Sandbox(Files.createTempDirectory("overlays-test").toRealPath());
  }

  /** The directory itself. */
  public Path root() {
    return root;
  }

  /** A path in it. */
  public Path path(String relative) {
    return root.resolve(relative);
  }

  /** Makes a directory in it. */
  public Path createDirectory(String relative) throws IOException {
    return Files.createDirectories(path(relative));
  }

  /** Makes a file in it. */
  public Path createFile(String relative, String content) throws IOException {
    Path file = path(relative);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /**
   * Returns a spec of new directories in it: lower, upper, work and mount point, side by side. Its
   * uuid mode is the one that the kernel chooses for {@code auto} with a new upper, so that the
   * spec equals the decoded one.
   */
  public OverlaySpec.Builder newLayers() throws IOException {
    return OverlaySpec.builder()
        .lower(createDirectory("lower"))
        .upper(createDirectory("upper"))
        .work(createDirectory("work"))
        .mountPoint(createDirectory("mnts"))
        .options(Sandbox::withKernelUuid);
  }

  /**
   * Sets the uuid mode that the kernel chooses for {@code auto} with a new upper, if the kernel
   * shows it.
   */
  public static OverlayOptions withKernelUuid(OverlayOptions options) {
    return KernelAbility.UUID_MODES.isPresent() ? options.withUuid(UuidMode.ON) : options;
  }

  /** Everything in it by relative path, with its type, mode and link target. */
  public SortedMap<String, String> listEntries() throws IOException {
    SortedMap<String, String> listing = new TreeMap<>();
    for (String line :
        run("find", root.toString(), "-printf", "%P\\0%y %m %l\\n").split("\n", -1)) {
      int end = line.indexOf('\0');
      if (end >= 0) {
        listing.put(line.substring(0, end), line.substring(end + 1));
      }
    }
    return listing;
  }

  /** The views of lowers in it, whatever else is mounted on the machine. */
  public List<OverlayMount> mountedViews() throws IOException {
    return Overlays.mounted().stream()
        .filter(mount -> mount.spec().lowers().stream().allMatch(lower -> lower.startsWith(root)))
        .toList();
  }

  /** Mounts something with mount(8). */
  public Path mountAt(String relative, String... arguments) throws IOException {
    Path mountPoint = createDirectory(relative);
    String[] command = new String[arguments.length + 2];
    command[0] = "mount";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    command[command.length - 1] = mountPoint.toString();
    run(command);
    mounts.push(mountPoint);
    return mountPoint;
  }

  /**
   * Mounts a file system that keeps every attribute: a tmpfs, or ext4 where tmpfs keeps no {@code
   * user.*} attributes.
   */
  public Path mountDisk(String relative) throws IOException {
    return KernelAbility.ATTRIBUTES_IN_MEMORY.isPresent()
        ? mountTmpfs(relative)
        : mountImage(relative, "ext4", 320);
  }

  /** Mounts a new tmpfs. */
  public Path mountTmpfs(String relative) throws IOException {
    return mountAt(relative, "-t", "tmpfs", "tmpfs");
  }

  /** Makes a file system in a file and mounts it. */
  public Path mountImage(String relative, String fileSystem, int megabytes) throws IOException {
    Path image = path(relative + ".img");
    Files.createDirectories(image.getParent());
    run("truncate", "-s", megabytes + "M", image.toString());
    assumeTrue(
        List.of("/sbin", "/usr/sbin").stream()
            .anyMatch(bin -> Files.exists(Path.of(bin, "mkfs." + fileSystem))),
        () -> "mkfs." + fileSystem + " is not installed");
    switch (fileSystem) {
      case "ext4" -> run("mkfs.ext4", "-q", image.toString());
      case "vfat" -> run("mkfs.vfat", image.toString());
      default -> run("mkfs." + fileSystem, "-q", image.toString());
    }
    return mountAt(relative, "-o", "loop", image.toString());
  }

  /** Packs a directory into an image and mounts that, read-only. */
  public Path mountPacked(String relative, String fileSystem, Path directory) throws IOException {
    Path image = path(relative + ".img");
    Files.createDirectories(image.getParent());
    if (fileSystem.equals("squashfs")) {
      run("mksquashfs", directory.toString(), image.toString(), "-quiet", "-no-progress");
    } else {
      run("mkfs.erofs", image.toString(), directory.toString());
    }
    return mountAt(relative, "-o", "loop,ro", image.toString());
  }

  /** Keeps something open until the sandbox is closed. */
  public void closeLater(Closeable resource) {
    held.push(resource);
  }

  /** Unmounts with umount(8) what this sandbox has mounted. */
  public void unmount(Path mountPoint) throws IOException {
    unmountWhenIdle(mountPoint);
    mounts.remove(mountPoint);
  }

  /**
   * Unmounts, and retries while busy, because any process that searches for live views opens the
   * root of each file system for a moment.
   */
  public static void unmountWhenIdle(Path mountPoint) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      try {
        run("umount", mountPoint.toString());
        return;
      } catch (IOException busy) {
        if (!busy.getMessage().contains("busy") || System.nanoTime() > deadline) {
          throw busy;
        }
      }
    }
  }

  /**
   * Where something is mounted in this sandbox, also what a test that failed has left, last first.
   */
  private List<Path> mountPointsInside() throws IOException {
    List<Path> inside = new ArrayList<>();
    for (MountRecord record : MountTable.ofThisProcess()) {
      if (record.mountPoint().startsWith(root)) {
        inside.add(0, record.mountPoint());
      }
    }
    return inside;
  }

  /** Runs a command, and returns what it printed. */
  public static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return output;
  }

  /**
   * Returns the targets of the open descriptors of this process, except those that the JVM opens at
   * any time.
   */
  static List<String> openDescriptors() {
    Predicate<String> ofTheJvm =
        Pattern.compile(
                ".*\\.jar|pipe:.*|socket:.*|/dev/(null|u?random|pts/.*)|/sys/fs/cgroup/.*"
                    // What JNA runs where it may not run it in memory.
                    + "|.*/ffi\\w+ \\(deleted\\)"
                    + "|/proc/[0-9]+/.*|"
                    // The lock on the directory of this JVM, which has it as long as it lives.
                    + ".*/overlays[^/]*/[0-9]+-[0-9a-f]{8}|"
                    + CLOSED)
            .asMatchPredicate();
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      return links.map(Sandbox::linkTarget).filter(ofTheJvm.negate()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String linkTarget(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return CLOSED;
    }
  }

  @Override
  public void close() throws IOException {
    while (!held.isEmpty()) {
      held.pop().close();
    }
    List<String> leaked = openDescriptors();
    List<Path> left =
        Overlays.mounted().stream()
            .map(mount -> mount.root())
            .filter(path -> path.startsWith(root) && !mounts.contains(path))
            .toList();
    for (Path path : mountPointsInside()) {
      unmountWhenIdle(path);
    }
    mounts.clear();
    try (LayerDirectory directory = LayerStore.of(root).open(root)) {
      LayerEntries.removeAll(directory);
    }
    Files.delete(root);
    assertEquals(List.of(), left, "mounts left behind");
    assertEquals(descriptorsBefore, leaked, "descriptors left behind");
  }

  @Override
  public String toString() {
    return root + " " + Arrays.toString(mounts.toArray());
  }
}
