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

  private static BasicFileAttributes attributesFor(Path path, LinkOption... options)
      throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, options);
  }

  /** Returns the initial attributes for a mode; none if it has all bits. */
  private static FileAttribute<?>[] attributesFor(int mode, int all) {
    return mode == all
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(ModeBits.toPermissions(mode))
        };
  }

  record CreateDirectory(String path, int mode) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Files.createDirectory(session.unfollowedPath(path), attributesFor(mode, 0777));
      return "made";
    }

    @Override
    public boolean isUndetermined(ViewSession session) {
      return session.shownFields().keepsOut(mode);
    }
  }

  record CreateFile(String path, int mode) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Files.createFile(session.unfollowedPath(path), attributesFor(mode, 0666));
      return "made";
    }

    @Override
    public boolean isUndetermined(ViewSession session) {
      return session.shownFields().keepsOut(mode | 0100);
    }
  }

  record DeleteEntry(String path) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Files.delete(session.unfollowedPath(path));
      return "deleted";
    }
  }

  /** Deletes everything in a directory, which hides whole lower directories. */
  record ClearDirectory(String path) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      return clearTree(session, session.openablePath(path)) + " deleted";
    }

    private static int clearTree(ViewSession session, Path directory) throws IOException {
      List<Path> entries = new ArrayList<>();
      try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory)) {
        listing.forEach(entries::add);
      }
      // The result names the first failure, so the order must be the same.
      entries.sort(Comparator.comparing(entry -> entry.getFileName().toString()));
      int deleted = entries.size();
      for (Path entry : entries) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          deleted += clearTree(session, entry);
        }
        session.nameTouched(entry.getFileName().toString());
        Files.delete(entry);
      }
      return deleted;
    }
  }

  record MoveEntry(String path, String target, List<CopyOption> options) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Files.move(
          session.unfollowedPath(path),
          session.unfollowedPath(target),
          options.toArray(CopyOption[]::new));
      return "moved";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return isRefusedBefore(session)
          || session
              .shownFields()
              .mayDisagree(
                  attributesFor(session.unfollowedPath(path), LinkOption.NOFOLLOW_LINKS),
                  attributesFor(session.unfollowedPath(target), LinkOption.NOFOLLOW_LINKS));
    }

    /** Whether newer JDKs refuse the move because the directory cannot be changed. */
    private boolean isRefusedBefore(ViewSession session) throws IOException {
      Path source = session.unfollowedPath(path);
      return session.shownFields().ignoresDifference(KnownDifference.NEWER_JDK)
          && Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)
          && !Files.isWritable(source);
    }
  }

  record CopyEntry(String path, String target, List<CopyOption> options) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Files.copy(
          session.openablePath(path, linkOptions()),
          session.unfollowedPath(target),
          options.toArray(CopyOption[]::new));
      return "copied";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session
          .shownFields()
          .mayDisagree(
              attributesFor(session.followedPath(path, linkOptions()), linkOptions()),
              attributesFor(session.unfollowedPath(target), LinkOption.NOFOLLOW_LINKS));
    }

    private LinkOption[] linkOptions() {
      return options.contains(LinkOption.NOFOLLOW_LINKS)
          ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS}
          : new LinkOption[0];
    }
  }

  record CreateLink(String path, String existing) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Files.createLink(session.unfollowedPath(path), session.unfollowedPath(existing));
      return "linked";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session.shownFields().ignoresDifference(KnownDifference.LINKED_SYMLINKS)
          && Files.isSymbolicLink(session.unfollowedPath(existing));
    }
  }

  record CreateSymlink(String path, String target) implements TreeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Path link = session.unfollowedPath(path);
      Files.createSymbolicLink(link, link.getFileSystem().getPath(target));
      return "linked";
    }
  }
}
