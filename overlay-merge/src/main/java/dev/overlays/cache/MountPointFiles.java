package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves away the files that programs write into an instance's mount point while no view covers it.
 * Each entry is moved by one rename, so that open files stay open. The mount point itself is not
 * moved: it may be bind-mounted into a container, and another process may have its view there. Its
 * handle works even when a view covers it.
 */
final class MountPointFiles implements Closeable {
  private final OverlaySpec spec;
  private final LayerDirectory instance;
  private final LayerDirectory mountPoint;
  private final Name name;
  private final List<Name> asideNames = new ArrayList<>();

  private MountPointFiles(OverlaySpec spec, LayerDirectory instance, LayerDirectory mountPoint) {
    this.spec = spec;
    this.instance = instance;
    this.mountPoint = mountPoint;
    this.name = mountPointName(spec);
  }

  /**
   * Opens the mount point of an instance.
   *
   * @throws IOException if it does not exist, is a link, or something is mounted on it
   */
  static MountPointFiles openMountPoint(OverlaySpec spec) throws IOException {
    Path path = spec.instance().orElseThrow();
    LayerDirectory instance = LayerStore.of(path).open(path);
    try {
      return new MountPointFiles(spec, instance, instance.open(mountPointName(spec)));
    } catch (IOException | RuntimeException | Error e) {
      instance.close();
      throw e;
    }
  }

  private static Name mountPointName(OverlaySpec spec) {
    return Name.of(spec.mountPoint().orElseThrow().getFileName().toString());
  }

  /** Returns the directories that were created so far. */
  List<Path> asideDirectories() {
    return asideNames.stream().map(aside -> instanceDirectory().resolve(aside.toString())).toList();
  }

  /**
   * Moves all entries to a directory beside the mount point, if there are any.
   *
   * @throws OverlayException if something is mounted in it, and nothing was moved; or if an entry
   *     cannot be moved
   */
  void moveAside() throws OverlayException {
    try {
      InnerMounts.refuseMounts(mountPoint);
      for (Name entry : InnerMounts.listNames(mountPoint)) {
        moveEntry(entry);
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(spec.mountPoint().orElseThrow(), "cannot be emptied", e);
    }
  }

  /** Moves one entry. Another process may remove or move it at the same time. */
  private void moveEntry(Name entry) throws IOException {
    if (mountPoint.stat(entry).isEmpty()) {
      return;
    }
    Name target = targetWithout(entry);
    try (LayerDirectory aside = instance.open(target)) {
      mountPoint.rename(entry, aside, entry);
    } catch (NoSuchFileException e) {
      removeIfEmpty(target);
    } catch (IOException e) {
      removeIfEmpty(target);
      throw e;
    }
  }

  private Name targetWithout(Name entry) throws IOException {
    if (!asideNames.isEmpty()) {
      Name last = asideNames.get(asideNames.size() - 1);
      try (LayerDirectory aside = instance.open(last)) {
        if (aside.stat(entry).isEmpty()) {
          return last;
        }
      }
    }
    return createDirectory();
  }

  private Name createDirectory() throws IOException {
    int number = AsideDirectories.nextNumber(instanceDirectory());
    while (true) {
      Name next = Name.of(AsideDirectories.directoryName(name.toString(), number));
      try {
        instance.createDirectory(next);
        asideNames.add(next);
        return next;
      } catch (FileAlreadyExistsException e) {
        number++;
      }
    }
  }

  private void removeIfEmpty(Name aside) throws IOException {
    try {
      instance.removeDirectory(aside);
      asideNames.remove(aside);
    } catch (DirectoryNotEmptyException e) {
      // It holds entries that were moved earlier.
      return;
    }
  }

  private Path instanceDirectory() {
    return spec.instance().orElseThrow();
  }

  /**
   * Copies the attributes of the mount point to the created directories. That comes last, because
   * the mode may deny this process to write.
   */
  @Override
  public void close() throws IOException {
    try (instance;
        mountPoint) {
      MarkNamespace marks = MarkNamespace.of(spec.options());
      for (Name aside : asideNames) {
        AttributeCopy.copyAllowedAttributes(mountPoint, Name.SELF, instance, aside, marks);
      }
    }
  }
}
