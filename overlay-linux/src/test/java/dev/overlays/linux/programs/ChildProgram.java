package dev.overlays.linux.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlayMount;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;

/** A program that is a child of this JVM; a script of the shell for each step. */
enum ChildProgram implements DirectoryProgram {
  /** Is handed the root. */
  GIT(
      """
      git() {
        command git -c user.name=Test -c user.email=test@example.org -C "$directory" "$@"
      }
      case $step in
      prepare)
        git init -q
        echo fixture >"$directory/file"
        git add .
        git commit -q -m first
        ;;
      use)
        test -z "$(git status --short)"
        echo changed >"$directory/file"
        test "$(git status --short)" = " M file"
        git commit -q -a -m second
        git gc -q
        ;;
      verify)
        test -z "$(git status --short)"
        test "$(git log --format=%s | tr '\\n' ' ')" = "second first "
        ;;
      esac
      """),

  /** Reads a project, and writes what it has to say to a file. */
  MAVEN(
      """
      validate() {
        "$MAVEN/bin/mvn" -o -B "-Dmaven.repo.local=$HOME/repository" \
          -f "$directory/pom.xml" -l "$directory/target/log" validate
      }
      case $step in
      prepare)
        mkdir -p "$directory/part"
        project() {
          echo "<project><modelVersion>4.0.0</modelVersion><groupId>tried</groupId>"
          echo "<artifactId>$1</artifactId><version>1</version><packaging>pom</packaging>"
          echo "$2</project>"
        }
        project whole "<modules><module>part</module></modules>" >"$directory/pom.xml"
        project part "" >"$directory/part/pom.xml"
        ;;
      use)
        mkdir "$directory/target"
        validate || { cat "$directory/target/log"; exit 1; }
        ;;
      verify)
        grep -q "tried:part" "$directory/target/log"
        grep -q "BUILD SUCCESS" "$directory/target/log"
        ;;
      esac
      """);

  private final String script;

  ChildProgram(String script) {
    this.script = "set -eu\nstep=$0\ndirectory=$1\n" + script;
  }

  @Override
  public void prepare(Path directory) throws IOException {
    run("prepare", directory);
  }

  @Override
  public void use(Path directory) throws IOException {
    run("use", directory);
  }

  @Override
  public void verify(Path directory) throws IOException {
    run("verify", directory);
  }

  private void run(String step, Path directory) throws IOException {
    Sandbox.run("sh", "-c", script, step, directory.toString());
  }

  /** Returns the same program, started by {@link OverlayMount#command}. */
  DirectoryProgram startedByTheMount() {
    return new DirectoryProgram() {
      @Override
      public void prepare(Path directory) throws IOException {
        ChildProgram.this.prepare(directory);
      }

      @Override
      public void use(Path directory) throws IOException {
        ChildProgram.this.use(directory);
      }

      @Override
      public void verify(Path directory) throws IOException {
        ChildProgram.this.verify(directory);
      }

      @Override
      public void useIn(OverlayMount view) throws Exception {
        runIn(view, "use");
      }

      @Override
      public void verifyIn(OverlayMount view) throws Exception {
        runIn(view, "verify");
      }
    };
  }

  private void runIn(OverlayMount view, String step) throws IOException, InterruptedException {
    Process process = view.command("sh", "-c", script, step, ".").redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(output);
    }
  }
}
