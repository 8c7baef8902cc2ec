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

  record Read(String path) implements ReadStep {
    @Override
    public String in(ViewSession session) throws IOException {
      return ReplayContent.text(Files.readAllBytes(session.file(path)));
    }
  }

  /** Lists a directory; a name that is returned twice is reported. */
  record ListEntries(String path) implements ReadStep {
    @Override
    public String in(ViewSession session) throws IOException {
      return names(session.file(path)).toString();
    }

    static Set<String> names(Path directory) throws IOException {
      Set<String> names = new TreeSet<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          String name = StepOutcome.visible(entry.getFileName().toString());
          names.add(names.contains(name) ? name + " once more" : name);
        }
      }
      return names;
    }
  }

  record Stat(String path, List<LinkOption> options) implements ReadStep {
    @Override
    public String in(ViewSession session) throws IOException {
      LinkOption[] links = options.toArray(LinkOption[]::new);
      return session.shown().stat(session.followed(path, links), links).toString();
    }
  }

  record ReadLink(String path) implements ReadStep {
    @Override
    public String in(ViewSession session) throws IOException {
      return StepOutcome.visible(Files.readSymbolicLink(session.path(path)).toString());
    }
  }

  record Exists(String path, List<LinkOption> options) implements ReadStep {
    @Override
    public String in(ViewSession session) throws IOException {
      LinkOption[] links = options.toArray(LinkOption[]::new);
      Path asked = session.followed(path, links);
      boolean exists = Files.exists(asked, links);
      return session.shown().ignores(KnownDifference.NEWER_JDK)
          ? "exists " + exists
          : "exists " + exists + ", not " + Files.notExists(asked, links);
    }
  }

  record SameFile(String path, String other) implements ReadStep {
    @Override
    public String in(ViewSession session) throws IOException {
      return "same " + Files.isSameFile(session.followed(path), session.followed(other));
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session.shown().mayDisagree(attributes(session, path), attributes(session, other));
    }

    private static BasicFileAttributes attributes(ViewSession session, String path)
        throws IOException {
      return Files.readAttributes(session.followed(path), BasicFileAttributes.class);
    }
  }
}
