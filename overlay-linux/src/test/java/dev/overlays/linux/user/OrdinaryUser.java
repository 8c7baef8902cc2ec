package dev.overlays.linux.user;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.AssertionFailedError;

/**
 * Runs test classes in a child JVM as an ordinary user, and reports each of their tests in this
 * JVM. The environment variable {@code OVERLAYS_TEST_USER} names the user; the default is {@code
 * overlays-test}, which CI creates by {@code useradd}.
 */
public final class OrdinaryUser {
  private static final String USER =
      Objects.requireNonNullElse(System.getenv("OVERLAYS_TEST_USER"), "overlays-test");

  /** The result of a test. */
  enum TestStatus {
    PASSED,
    SKIPPED,
    FAILED
  }

  private OrdinaryUser() {}

  /** Skips the test where this is not root, or there is no such user, with the reason. */
  public static void assumePossible() throws IOException {
    assumeTrue(
        System.getProperty("user.name").equals("root"),
        "only root can start a JVM as another user");
    boolean exists =
        Files.readAllLines(Path.of("/etc/passwd")).stream()
            .anyMatch(line -> line.startsWith(USER + ":"));
    assumeTrue(exists, () -> "there is no user " + USER + " (useradd --create-home " + USER + ")");
  }

  /** Makes a sandbox that the user may enter; skips the test where there can be none. */
  public static Sandbox createSandbox() throws IOException {
    assumePossible();
    Sandbox sandbox = Sandbox.asRoot();
    Sandbox.run("chmod", "a+x", sandbox.root().toString());
    return sandbox;
  }

  /** Makes a directory the user's own. */
  public static Path giveToUser(Path directory) throws IOException {
    Sandbox.run("chown", USER + ":", directory.toString());
    return directory;
  }

  /** Returns the words that begin the command of a user's program. */
  public static List<String> commandPrefix() throws IOException {
    String home = Sandbox.run("sh", "-c", "echo ~" + USER).strip();
    return List.of(
        "setpriv",
        "--reuid=" + USER,
        "--regid=" + USER,
        "--init-groups",
        "env",
        "HOME=" + home,
        "USER=" + USER,
        "LOGNAME=" + USER);
  }

  /**
   * Returns the command of a JVM.
   *
   * @param directory a directory of the user's, where JNA may unpack its library
   * @param properties system properties
   */
  public static List<String> javaCommand(
      Path directory, Map<String, String> properties, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(commandPrefix());
    command.addAll(
        List.of(
            ChildJvm.javaProgram(),
            ChildJvm.FIRST_COMPILER_ONLY,
            "-Xshare:auto",
            "-Djava.io.tmpdir=" + directory,
            "-Djna.tmpdir=" + directory,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            ReadableClassPath.COPY));
    int options = command.size() - 2;
    properties.forEach((key, value) -> command.add(options, "-D" + key + "=" + value));
    command.add(main.getName());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** Runs test classes, with these properties. */
  public static List<DynamicTest> runTests(
      Path directory, Map<String, String> properties, Class<?>... tests) throws IOException {
    String[] names = Arrays.stream(tests).map(Class::getName).toArray(String[]::new);
    Process child =
        new ProcessBuilder(javaCommand(directory, properties, UserTestRun.class, names))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    child.getOutputStream().close();
    List<DynamicTest> results = new ArrayList<>();
    List<String> said = new ArrayList<>();
    boolean ended = false;
    try (BufferedReader lines = child.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(UserTestRun.RESULT + "end")) {
          ended = true;
        } else if (line.startsWith(UserTestRun.RESULT)) {
          results.add(dynamicTestOf(line.substring(UserTestRun.RESULT.length())));
        } else {
          said.add(line);
          System.out.println(line);
        }
      }
    }
    boolean complete = ended && !results.isEmpty();
    results.add(
        DynamicTest.dynamicTest(
            "the child JVM ends well",
            () -> {
              assertEquals(0, child.waitFor(), () -> String.join("\n", said));
              assertEquals(true, complete, () -> "not all tests were run: " + said);
            }));
    return results;
  }

  private static DynamicTest dynamicTestOf(String line) {
    String[] fields = line.split(" ", -1);
    TestStatus status = TestStatus.valueOf(fields[0]);
    String why = decodeText(fields[2]);
    return DynamicTest.dynamicTest(
        decodeText(fields[1]),
        () -> {
          assumeTrue(status != TestStatus.SKIPPED, why);
          if (status == TestStatus.FAILED) {
            throw new AssertionFailedError(why);
          }
        });
  }

  private static String decodeText(String field) {
    return new String(Base64.getDecoder().decode(field.substring(1)), UTF_8);
  }

  /**
   * A copy of the class path that everybody may read; made once, and removed when this JVM ends.
   */
  private static final class ReadableClassPath {
    static final String COPY = copyEntries();

    private static String copyEntries() {
      try {
        Path directory = Files.createTempDirectory("overlays-classes");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> removeCopy(directory)));
        List<String> copies = new ArrayList<>();
        for (String entry : ChildJvm.classPath()) {
          Path copy = directory.resolve(copies.size() + "-" + Path.of(entry).getFileName());
          Sandbox.run("cp", "-r", entry, copy.toString());
          copies.add(copy.toString());
        }
        Sandbox.run("chmod", "-R", "a+rX", directory.toString());
        return String.join(File.pathSeparator, copies);
      } catch (IOException e) {
        return fail(e);
      }
    }

    private static void removeCopy(Path directory) {
      try {
        Sandbox.run("rm", "-rf", directory.toString());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
