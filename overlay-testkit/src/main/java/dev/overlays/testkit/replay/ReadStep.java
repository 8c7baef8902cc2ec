package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The steps that change nothing. */
sealed interface ReadStep extends ReplayStep {

  record ReadFile(String path) implements ReadStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      return PatternBytes.describeBytes(Files.readAllBytes(session.openablePath(path)));
    }
  }

  /** Lists a directory; a name that is returned twice is reported. */
  record ListEntries(String path) implements ReadStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      return namesIn(session.openablePath(path)).toString();
    }

    static Set<String> namesIn(Path directory) throws IOException {
      Set<String> names = new TreeSet<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          String name = StepOutcome.visibleText(entry.getFileName().toString());
          names.add(names.contains(name) ? name + " once more" : name);
        }
      }
      return names;
    }
  }

  record StatEntry(String path, List<LinkOption> options) implements ReadStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      LinkOption[] links = options.toArray(LinkOption[]::new);
      return session.shownFields().statFields(session.followedPath(path, links), links).toString();
    }
  }

  record ReadLink(String path) implements ReadStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      return StepOutcome.visibleText(
          Files.readSymbolicLink(session.unfollowedPath(path)).toString());
    }
  }

  record CheckExists(String path, List<LinkOption> options) implements ReadStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      LinkOption[] links = options.toArray(LinkOption[]::new);
      Path asked = session.followedPath(path, links);
      boolean exists = Files.exists(asked, links);
      return session.shownFields().ignoresDifference(KnownDifference.NEWER_JDK)
          ? "exists " + exists
          : "exists " + exists + ", not " + Files.notExists(asked, links);
    }
  }

  record SameFile(String path, String other) implements ReadStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      return "same " + Files.isSameFile(session.followedPath(path), session.followedPath(other));
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session
          .shownFields()
          .mayDisagree(attributesOf(session, path), attributesOf(session, other));
    }

    private static BasicFileAttributes attributesOf(ViewSession session, String path)
        throws IOException {
      return Files.readAttributes(session.followedPath(path), BasicFileAttributes.class);
    }
  }
}
