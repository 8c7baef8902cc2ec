package dev.overlays.testkit.junit;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** A copy of the lower that replaces a view if nothing can be mounted. */
final class CopiedView implements OverlayMount {
  private static final CopyOption[] WHOLE = {
    StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS
  };

  private final OverlaySpec spec;
  private volatile boolean open = true;

  private CopiedView(OverlaySpec spec) {
    this.spec = spec;
  }

  static CopiedView of(OverlaySpec spec) throws IOException {
    CopiedView view = new CopiedView(spec);
    try {
      copyTree(spec.lowers().get(0), view.root());
      return view;
    } catch (Throwable e) {
      LeftoverRemoval.runAfter(e, view::deleteCopy);
      throw e;
    }
  }

  private void deleteCopy() throws IOException {
    if (Files.exists(root())) {
      LeftoverRemoval.deleteTree(root());
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(target(directory));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isOther()) {
              NodeCopy.copyNode(file, target(file));
            } else {
              Files.copy(file, target(file), WHOLE);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            // Last, because creating entries changes the times, and the mode may be read-only.
            copyAttributes(directory, target(directory));
            return FileVisitResult.CONTINUE;
          }

          private Path target(Path entry) {
            return to.resolve(from.relativize(entry));
          }
        });
  }

  private static void copyAttributes(Path from, Path to) throws IOException {
    PosixFileAttributeView target = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    BasicFileAttributes basic = Files.readAttributes(from, BasicFileAttributes.class);
    if (target == null) {
      Files.setLastModifiedTime(to, basic.lastModifiedTime());
      return;
    }
    PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
    try {
      if (!wanted.owner().equals(target.readAttributes().owner())) {
        target.setOwner(wanted.owner());
      }
      if (!wanted.group().equals(target.readAttributes().group())) {
        target.setGroup(wanted.group());
      }
    } catch (FileSystemException e) {
      // An ordinary user keeps the ownership, as with the copied files.
    }
    target.setPermissions(wanted.permissions());
    target.setTimes(basic.lastModifiedTime(), basic.lastAccessTime(), null);
  }

  @Override
  public Path root() {
    return spec.mountPoint().orElseThrow();
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public String backend() {
    return "copy";
  }

  @Override
  public boolean isMounted() {
    return open;
  }

  @Override
  public void close(UnmountOptions options) {
    open = false;
  }
}
