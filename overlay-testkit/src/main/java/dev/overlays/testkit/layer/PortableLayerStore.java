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
 * memory with jimfs, or on a disk of a system that has no overlays. On Linux {@link LayerStore#of}
 * does not choose it for a path of the default file system, whose layers it would see only in part,
 * unless {@link #DISKS_PROPERTY} is set.
 *
 * <p>Marks are {@code user.overlay.*}, or {@code trusted.overlay.*} in memory, where root's
 * attributes are kept among the user's; no other namespace is shown. A whiteout is an empty file
 * with the mark {@code user.overlay.whiteout}, shown as the character device 0:0 that the kernel
 * would have; other device nodes, named pipes and sockets are empty files with an attribute that
 * tells what they stand for, and which is not shown. Where there are no owners and modes by number,
 * they are kept in another attribute that is not shown, and so are the attributes of chattr(1),
 * which protect from nothing here.
 *
 * <p>It is for tests: a directory is held by its path, so nothing may be moved or swapped for a
 * link behind its back. Link counts need jimfs's {@code unix} view; without it every count is 1. On
 * jimfs a symbolic link cannot have a second name.
 */
public final class PortableLayerStore implements LayerStore {

  /**
   * The system property that, when it is {@code true}, lets {@link LayerStore#of} choose this store
   * for directories on the disks of Linux, where the native store cannot be had. It is for tests
   * whose layers are plain files: whatever else a layer holds is not seen, and lost.
   */
  public static final String DISKS_PROPERTY = "dev.overlays.testkit.disks";

  private static final boolean LINUX =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");

  /** Makes a store. */
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
  public Optional<Problem> declines(Path root) {
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
    if (root.getFileSystem().supportedFileAttributeViews().contains("user") && keepsUser(root)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
            ProblemCode.PATH_PROVIDER_UNSUPPORTED,
            root,
            "The file system keeps no user-defined attributes, which marks need.",
            "With jimfs, name \"user\" among the attribute views of its configuration."));
  }

  /** What is not there, or cannot be asked, is for {@link #open} to tell. */
  private static boolean keepsUser(Path root) {
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
    return LayerClaims.claim(specs);
  }

  @Override
  public Closeable hold(OverlaySpec spec) throws OverlayException {
    return LayerClaims.hold(spec);
  }
}
