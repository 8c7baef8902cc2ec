package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.linux.namespace.BottomRoot;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.UUID;

/**
 * A directory for an upper that was to be in memory, on a machine whose file system of memory keeps
 * no attributes of users (before Linux 6.6). It is removed when this is closed or, when this JVM
 * has been killed, by the shell of the namespace.
 */
final class DiscardedDirectory implements Closeable {
  private static final String PREFIX = "overlays-in-memory-";
  private static final String ATTRIBUTE = "overlays.trial";

  private final SharedNamespace.NamespaceLease lease;
  private final UserNamespace namespace;
  private final Path parent;
  private final String name;

  private DiscardedDirectory(SharedNamespace.NamespaceLease lease, Path parent) {
    this.lease = lease.leaseAgain();
    namespace = lease.leasedNamespace();
    this.parent = parent;
    name = PREFIX + UUID.randomUUID();
  }

  /**
   * Makes one.
   *
   * @param limits what was asked for of memory
   * @param lease a use of the namespace whose shell is to know of it
   * @param parent where it is made
   */
  static DiscardedDirectory createIn(
      Ephemeral.Memory limits, SharedNamespace.NamespaceLease lease, Path parent)
      throws OverlayException {
    if (limits.limit().isPresent()) {
      throw new OverlayException(
          impossibleProblem(
              parent, "a directory on a disk, which would take its place, has no limit"));
    }
    try {
      NeededPath needed = NeededPath.of(parent);
      if (!needed.isSeenIn(lease.leasedNamespace())) {
        throw new OverlayException(
            impossibleProblem(parent, "the namespace sees something else at it"));
      }
      DiscardedDirectory directory = new DiscardedDirectory(lease, needed.real());
      directory.makeDirectory();
      return directory;
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(impossibleProblem(parent, e.toString())), e);
    }
  }

  private void makeDirectory() throws IOException {
    try {
      // The shell comes to know of it before there is anything to be removed.
      Files.createSymbolicLink(notePath(), namespace.linkedPath(parent));
      Files.createDirectory(directoryPath());
      if (!keepsAttributes(directoryPath())) {
        throw new OverlayException(impossibleProblem(parent, "neither does the file system there"));
      }
    } catch (IOException | RuntimeException | Error e) {
      try {
        close();
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private static Problem impossibleProblem(Path parent, String why) {
    return Problem.of(
        ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
        parent,
        "The kernel's file system of memory keeps no attributes of users, which the upper needs; "
            + why
            + ".",
        "Use Linux 6.6 or later, or Ephemeral.in(directory) with one on a disk; or let"
            + " java.io.tmpdir name such a directory.");
  }

  /** Asks the file system that a directory is on. */
  static boolean keepsAttributes(Path directory) {
    try {
      UserDefinedFileAttributeView attributes =
          Files.getFileAttributeView(directory, UserDefinedFileAttributeView.class);
      attributes.write(ATTRIBUTE, ByteBuffer.wrap(new byte[] {'y'}));
      attributes.delete(ATTRIBUTE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Path notePath() {
    return namespace.pathSeenHere(BottomRoot.DISCARDED).resolve(name);
  }

  Path directoryPath() {
    return parent.resolve(name);
  }

  @Override
  public void close() throws IOException {
    if (Files.isDirectory(directoryPath())) {
      try (LayerDirectory above = LayerStore.of(parent).open(parent)) {
        LayerEntries.removeTree(above, Name.of(name));
      }
    }
    if (namespace.isAlive()) {
      Files.deleteIfExists(notePath());
    }
    lease.close();
  }
}
