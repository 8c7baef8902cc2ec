package dev.overlays.testkit.layer;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Opens layers on any file system of {@code java.nio.file} that keeps user-defined attributes: in
 * memory with jimfs, or on disks of systems without OverlayFS. On Linux {@link LayerStore#of} does
 * not choose it for a path of the default file system, of whose layers it would see only a part,
 * unless {@link #DISKS_PROPERTY} is set.
 *
 * <p>Marks are {@code user.overlay.*}, or {@code trusted.overlay.*} in memory, where {@code
 * trusted} attributes are stored among those of {@code user}; no other namespace is shown. A
 * whiteout is an empty file with the mark {@code user.overlay.whiteout}, shown as the character
 * device 0:0 that the kernel would have. Other device nodes, named pipes and sockets are empty
 * files with a hidden attribute that names the node. Where the file system has no numeric owners
 * and modes, another hidden attribute stores them, and the attributes of chattr(1), which are not
 * enforced here.
 *
 * <p>It is for tests: a directory is held by its path, so other programs must not move it or
 * replace it by a link. Link counts need the {@code unix} view of jimfs; without it, every count is
 * 1. On jimfs, a symbolic link cannot have a second name.
 */
public final class PortableLayerStore implements LayerStore {

  /**
   * The system property that, when {@code true}, lets {@link LayerStore#of} choose this store for
   * directories on disks of Linux, for tests without the native store. Their layers must be plain
   * files: whatever else a layer holds is not seen, and is lost.
   */
  public static final String DISKS_PROPERTY = "dev.overlays.testkit.disks";

  private static final boolean LINUX =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");

  /** Creates a store. */
  public PortableLayerStore() {}

  @Override
  public String name() {
    return "portable";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Optional<Problem> whyDeclined(Path root) {
    if (LINUX
        && root.getFileSystem() == FileSystems.getDefault()
        && !Boolean.getBoolean(DISKS_PROPERTY)) {
      return Optional.of(
          Problem.of(
              ProblemCode.PATH_PROVIDER_UNSUPPORTED,
              root,
              "The test kit's store does not see all of a layer on a disk of Linux (trusted.*"
                  + " marks, owners of links, device nodes), and would lose it.",
              "Have the native store of overlay-linux loaded, which is for these paths. For a test"
                  + " whose directories no kernel has mounted, set -D"
                  + DISKS_PROPERTY
                  + "=true, or keep the layers in jimfs."));
    }
    if (root.getFileSystem().supportedFileAttributeViews().contains("user")
        && keepsUserXattrs(root)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
            ProblemCode.PATH_PROVIDER_UNSUPPORTED,
            root,
            "The file system keeps no user-defined attributes, which marks need.",
            "With jimfs, name \"user\" among the attribute views of its configuration."));
  }

  /** A root that is missing or cannot be examined passes here; {@link #open} reports the error. */
  private static boolean keepsUserXattrs(Path root) {
    try {
      return !Files.exists(root) || Files.getFileStore(root).supportsFileAttributeView("user");
    } catch (IOException | SecurityException e) {
      return true;
    }
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return new PortableDirectory(root.toRealPath(), EntryAttributes.of(root.getFileSystem()));
  }

  @Override
  public Closeable claim(List<OverlaySpec> specs) throws OverlayException {
    return LayerClaims.claimLayers(specs);
  }

  @Override
  public Closeable hold(OverlaySpec spec) throws OverlayException {
    return LayerClaims.holdLayers(spec);
  }
}
