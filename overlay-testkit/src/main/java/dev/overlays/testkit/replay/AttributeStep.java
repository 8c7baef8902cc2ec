package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The steps that change attributes. */
sealed interface AttributeStep extends ReplayStep {

  /** Sets the mode: by a view class for nine bits, by an attribute string for more. */
  record SetMode(String path, int mode, List<LinkOption> options) implements AttributeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      LinkOption[] links = options.toArray(LinkOption[]::new);
      Path file = session.openablePath(path, links);
      if (mode > 0777) {
        Files.setAttribute(file, "unix:mode", mode, links);
      } else {
        Files.getFileAttributeView(file, PosixFileAttributeView.class, links)
            .setPermissions(ModeBits.toPermissions(mode));
      }
      return "changed";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      boolean ofLink =
          !options.isEmpty()
              && session.shownFields().ignoresDifference(KnownDifference.NEWER_JDK)
              && Files.isSymbolicLink(session.unfollowedPath(path));
      return ofLink || session.shownFields().keepsOut(mode) || mayLoseBits(session);
    }

    private boolean mayLoseBits(ViewSession session) throws IOException {
      return session.shownFields().mayLoseBits(mode)
          && Files.isRegularFile(session.unfollowedPath(path));
    }
  }

  record SetOwner(String path, int owner, int group, List<LinkOption> options)
      implements AttributeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      LinkOption[] links = options.toArray(LinkOption[]::new);
      Path file = session.followedPath(path, links);
      Files.setAttribute(file, "unix:uid", owner, links);
      Files.setAttribute(file, "unix:gid", group, links);
      return "changed";
    }

    @Override
    public boolean isUndetermined(ViewSession session) {
      return session.shownFields().ignoresDifference(KnownDifference.OWNERS);
    }
  }

  /** Sets the modification time in microseconds, the finest unit that JDK 17 sets. */
  record SetModifiedTime(String path, long micros, List<LinkOption> options)
      implements AttributeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      LinkOption[] links = options.toArray(LinkOption[]::new);
      Files.getFileAttributeView(
              session.openablePath(path, links), BasicFileAttributeView.class, links)
          .setTimes(FileTime.from(micros, TimeUnit.MICROSECONDS), null, null);
      return "changed";
    }
  }

  record SetXattr(String path, String name, int size, int salt, List<LinkOption> options)
      implements AttributeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      xattrView(session, path, options)
          .write(name, ByteBuffer.wrap(PatternBytes.bytesOf(size, salt)));
      return "set";
    }
  }

  record RemoveXattr(String path, String name, List<LinkOption> options) implements AttributeStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      xattrView(session, path, options).delete(name);
      return "removed";
    }
  }

  private static UserDefinedFileAttributeView xattrView(
      ViewSession session, String path, List<LinkOption> options) throws IOException {
    LinkOption[] links = options.toArray(LinkOption[]::new);
    return Files.getFileAttributeView(
        session.openablePath(path, links), UserDefinedFileAttributeView.class, links);
  }
}
