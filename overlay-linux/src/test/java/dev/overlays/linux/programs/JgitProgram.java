package dev.overlays.linux.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.util.SystemReader;

/** A working tree and its repository, as JGit sees them. */
final class JgitProgram implements DirectoryProgram {
  private static final PersonIdent AUTHOR = new PersonIdent("Test", "test@example.org");

  @Override
  public void prepare(Path directory) throws Exception {
    tellTimes(directory);
    Files.writeString(directory.resolve("file"), "fixture");
    try (Git git = Git.init().setDirectory(directory.toFile()).call()) {
      commit(git, "first");
    }
  }

  @Override
  public void use(Path directory) throws Exception {
    tellTimes(directory);
    try (Git git = Git.open(directory.toFile())) {
      assertTrue(git.status().call().isClean());
      Files.writeString(directory.resolve("file"), "changed");
      assertEquals(List.of("file"), List.copyOf(git.status().call().getModified()));
      commit(git, "second");
    }
  }

  @Override
  public void verify(Path directory) throws Exception {
    tellTimes(directory);
    try (Git git = Git.open(directory.toFile())) {
      assertTrue(git.status().call().isClean());
      List<String> messages = new ArrayList<>();
      for (RevCommit commit : git.log().call()) {
        messages.add(commit.getShortMessage());
      }
      assertEquals(List.of("second", "first"), messages);
    }
  }

  /** Saves JGit the seconds in which it measures how fine the times of a file system are. */
  private static void tellTimes(Path directory) throws IOException, ConfigInvalidException {
    String store;
    try {
      store = Files.getFileStore(directory).name();
    } catch (IOException e) {
      // Of such a view nobody can tell; what JGit makes of that is what is tried.
      return;
    }
    String key =
        String.join(
            "|", System.getProperty("java.vendor"), System.getProperty("java.version"), store);
    StoredConfig config = SystemReader.getInstance().getJGitConfig();
    config.setString("filesystem", key, "timestampResolution", "10 milliseconds");
    config.setString("filesystem", key, "minRacyThreshold", "10 milliseconds");
    config.save();
  }

  private static void commit(Git git, String message) throws GitAPIException {
    git.add().addFilepattern(".").call();
    git.commit().setMessage(message).setAuthor(AUTHOR).setCommitter(AUTHOR).setSign(false).call();
  }
}
