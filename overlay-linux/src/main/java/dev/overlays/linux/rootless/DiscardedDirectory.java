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
 * A directory on disk for an upper that should be in memory, on kernels whose tmpfs keeps no {@code
 * user.*} attributes (before Linux 6.6). It is removed when this is closed; if this JVM is killed,
 * the shell of the namespace removes it.
 */
final class DiscardedDirectory implements Closeable {
  private static final String NAME_PREFIX = "overlays-in-memory-";
  private static final String TRIAL_ATTRIBUTE = "overlays.trial";

  private final SharedNamespace.NamespaceLease lease;
  private final UserNamespace namespace;
  private final Path parent;
  private final String name;

  private DiscardedDirectory(SharedNamespace.NamespaceLease lease, Path parent) {
    this.lease = lease.leaseAgain();
    namespace = lease.leasedNamespace();
    this.parent = parent;
    name = NAME_PREFIX + UUID.randomUUID();
  }

  /**
   * Creates the directory.
   *
   * @param limits the requested limit of memory
   * @param lease a use of the namespace whose shell removes it
   * @param parent the directory to create it in
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
      // The note for the shell comes first, so that nothing is left in between.
      Files.createSymbolicLink(notePath(), namespace.linkPath(parent));
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
        "The kernel's tmpfs keeps no user.* attributes, which the upper needs; " + why + ".",
        "Use Linux 6.6 or later, or Ephemeral.in(directory) with one on a disk; or let"
            + " java.io.tmpdir name such a directory.");
  }

  /** Whether the file system of a directory keeps {@code user.*} attributes. */
  static boolean keepsAttributes(Path directory) {
    try {
      UserDefinedFileAttributeView attributes =
          Files.getFileAttributeView(directory, UserDefinedFileAttributeView.class);
      attributes.write(TRIAL_ATTRIBUTE, ByteBuffer.wrap(new byte[] {'y'}));
      attributes.delete(TRIAL_ATTRIBUTE);
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
