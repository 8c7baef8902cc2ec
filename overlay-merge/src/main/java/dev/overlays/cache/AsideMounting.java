package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Mounts an instance whose mount point may hold files. They are moved aside before the mount; files
 * that are written between that and the mount are moved after it. So the view hides no file.
 */
final class AsideMounting {
  private static final System.Logger LOG = System.getLogger("dev.overlays.cache");

  /** After so many attempts the mount fails: a program keeps writing into the mount point. */
  private static final int ATTEMPTS = 5;

  private final SharedCache cache;
  private final OverlaySpec spec;
  private final Optional<MountPointFiles> files;

  private AsideMounting(SharedCache cache, OverlaySpec spec, Optional<MountPointFiles> files) {
    this.cache = cache;
    this.spec = spec;
    this.files = files;
  }

  /**
   * Mounts an instance.
   *
   * @throws OverlayException if it cannot be mounted; it names the reason and the directories that
   *     files were moved to
   */
  static OverlayMount mountInstance(SharedCache cache, OverlaySpec spec) throws OverlayException {
    Optional<MountPointFiles> files = openFiles(spec);
    try {
      OverlayMount mount = new AsideMounting(cache, spec, files).mountWithRetries();
      closeFiles(files);
      return mount;
    } catch (OverlayException e) {
      List<Problem> notices = closeFiles(files);
      if (notices.isEmpty()) {
        throw e;
      }
      List<Problem> problems = new ArrayList<>(e.problems());
      problems.addAll(notices);
      throw new OverlayException(problems, e);
    } catch (RuntimeException | Error e) {
      closeFiles(files);
      throw e;
    }
  }

  /**
   * Opens the mount point. If that fails, nothing is moved, and the mount reports what is wrong.
   */
  private static Optional<MountPointFiles> openFiles(OverlaySpec spec) {
    try {
      return Optional.of(MountPointFiles.openMountPoint(spec));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "not to be emptied: " + spec.mountPoint(), e);
      return Optional.empty();
    }
  }

  /**
   * Closes the mount point. Returns and logs a notice for each directory that files were moved to.
   */
  private static List<Problem> closeFiles(Optional<MountPointFiles> files) {
    List<Problem> notices = new ArrayList<>();
    if (files.isPresent()) {
      for (Path aside : files.get().asideDirectories()) {
        notices.add(AsideDirectories.createNotice(aside));
      }
      try {
        files.get().close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "owner and mode are not kept: " + notices, e);
      }
      notices.forEach(notice -> LOG.log(System.Logger.Level.WARNING, notice::toString));
    }
    return notices;
  }

  private OverlayMount mountWithRetries() throws OverlayException {
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      try {
        return mountOnce();
      } catch (OverlayException e) {
        if (files.isEmpty() || !areFilesTheOnlyObstacle(e)) {
          throw e;
        }
        files.get().moveAside();
      }
    }
    return mountOnce();
  }

  private OverlayMount mountOnce() throws OverlayException {
    OverlayMount mount = cache.mount(spec);
    try {
      if (files.isPresent()) {
        files.get().moveAside();
      }
      return mount;
    } catch (OverlayException | RuntimeException | Error e) {
      try {
        mount.close();
      } catch (OverlayException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /** Whether files in the mount point are all that prevents the mount. */
  private boolean areFilesTheOnlyObstacle(OverlayException refusal) {
    return isAboutFiles(refusal.problems()) && isAboutFiles(cache.checkMount(spec));
  }

  private static boolean isAboutFiles(List<Problem> problems) {
    return problems.stream()
        .allMatch(problem -> problem.code() == ProblemCode.MOUNT_POINT_NOT_EMPTY);
  }
}
