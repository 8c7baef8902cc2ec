package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The steps that create, delete or move entries. */
sealed interface TreeStep extends ReplayStep {

  private static BasicFileAttributes attributes(Path path, LinkOption... options)
      throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, options);
  }

  /** Returns the initial attributes for a mode; none if it has all bits. */
  private static FileAttribute<?>[] attributes(int mode, int all) {
    return mode == all
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PermissionModes.permissions(mode))
        };
  }

  record Mkdir(String path, int mode) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Files.createDirectory(session.path(path), attributes(mode, 0777));
      return "made";
    }

    @Override
    public boolean isUndetermined(ViewSession session) {
      return session.shown().keepsOut(mode);
    }
  }

  record CreateFile(String path, int mode) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Files.createFile(session.path(path), attributes(mode, 0666));
      return "made";
    }

    @Override
    public boolean isUndetermined(ViewSession session) {
      return session.shown().keepsOut(mode | 0100);
    }
  }

  record Delete(String path) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Files.delete(session.path(path));
      return "deleted";
    }
  }

  /** Deletes everything in a directory, which hides whole lower directories. */
  record Clear(String path) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      return clear(session, session.file(path)) + " deleted";
    }

    private static int clear(ViewSession session, Path directory) throws IOException {
      List<Path> entries = new ArrayList<>();
      try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory)) {
        listing.forEach(entries::add);
      }
      // The result names the first failure, so the order must be the same.
      entries.sort(Comparator.comparing(entry -> entry.getFileName().toString()));
      int deleted = entries.size();
      for (Path entry : entries) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          deleted += clear(session, entry);
        }
        session.touch(entry.getFileName().toString());
        Files.delete(entry);
      }
      return deleted;
    }
  }

  record Move(String path, String target, List<CopyOption> options) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Files.move(session.path(path), session.path(target), options.toArray(CopyOption[]::new));
      return "moved";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return isRefusedBefore(session)
          || session
              .shown()
              .mayDisagree(
                  attributes(session.path(path), LinkOption.NOFOLLOW_LINKS),
                  attributes(session.path(target), LinkOption.NOFOLLOW_LINKS));
    }

    /** Whether newer JDKs refuse the move because the directory cannot be changed. */
    private boolean isRefusedBefore(ViewSession session) throws IOException {
      Path source = session.path(path);
      return session.shown().ignores(KnownDifference.NEWER_JDK)
          && Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)
          && !Files.isWritable(source);
    }
  }

  record Copy(String path, String target, List<CopyOption> options) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Files.copy(
          session.file(path, links()), session.path(target), options.toArray(CopyOption[]::new));
      return "copied";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session
          .shown()
          .mayDisagree(
              attributes(session.followed(path, links()), links()),
              attributes(session.path(target), LinkOption.NOFOLLOW_LINKS));
    }

    private LinkOption[] links() {
      return options.contains(LinkOption.NOFOLLOW_LINKS)
          ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS}
          : new LinkOption[0];
    }
  }

  record Link(String path, String existing) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Files.createLink(session.path(path), session.path(existing));
      return "linked";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session.shown().ignores(KnownDifference.LINKED_SYMLINKS)
          && Files.isSymbolicLink(session.path(existing));
    }
  }

  record Symlink(String path, String target) implements TreeStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Path link = session.path(path);
      Files.createSymbolicLink(link, link.getFileSystem().getPath(target));
      return "linked";
    }
  }
}
