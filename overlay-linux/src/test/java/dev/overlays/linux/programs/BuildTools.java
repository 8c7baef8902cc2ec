package dev.overlays.linux.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** The Maven that runs the tests, or the one that is installed; and what it has downloaded. */
public final class BuildTools {
  private BuildTools() {}

  /** Returns its directory, in which {@code bin/mvn} is. */
  public static Path mavenHome() throws IOException {
    String home = System.getProperty("overlays.maven.home");
    if (home != null) {
      return Path.of(home).toRealPath();
    }
    Path program =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .map(directory -> Path.of(directory, "mvn"))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new IOException("mvn is not installed"));
    return program.toRealPath().getParent().getParent();
  }

  /** Returns the local repository. */
  public static Path localRepository() throws IOException {
    return Path.of(
            Objects.requireNonNullElse(
                System.getProperty("overlays.maven.repository"),
                System.getProperty("user.home") + "/.m2/repository"))
        .toRealPath();
  }
}
