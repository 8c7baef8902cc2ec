package dev.overlays.linux.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which views tests get as root, as an ordinary user, and in a JVM in its own user namespace. */
class ViewKindsTest {
  /** Runs a command with its own /dev/fuse of the given mode. */
  private static final String WITH_DEVICE =
      "mount -t tmpfs tmpfs \"$1\" && mknod -m \"$2\" \"$1\"/fuse c 10 229"
          + " && mount --bind \"$1\"/fuse /dev/fuse && shift 2 && exec \"$@\"";

  private static final List<String> OWN_NAMESPACE =
      List.of("unshare", "--user", "--map-current-user", "--keep-caps", "--mount");

  @AutoClose private Sandbox sandbox;
  private Path temporary;

  @BeforeEach
  void makeFixture() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
    temporary = OrdinaryUser.giveToUser(sandbox.createDirectory("temporary"));
    sandbox.createFile("fixture/file", "fixture");
    sandbox.createFile("fixture/directory/file", "fixture");
    Sandbox.run("mkfifo", sandbox.path("fixture/pipe").toString());
    for (String owned : List.of("", "/file", "/directory", "/directory/file", "/pipe")) {
      OrdinaryUser.giveToUser(sandbox.path("fixture" + owned));
    }
  }

  private Map<String, String> properties() {
    return Map.of(ViewKinds.FIXTURE, sandbox.path("fixture").toString());
  }

  private List<String> commandAsUser(List<String> before) throws IOException {
    List<String> command =
        new ArrayList<>(OrdinaryUser.javaCommand(temporary, properties(), ViewKinds.class));
    command.addAll(command.indexOf(ChildJvm.javaProgram()), before);
    return command;
  }

  /** Runs a JVM with a device of the given mode, and checks that nothing is left. */
  private String runWithDevice(String deviceMode, List<String> jvm) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "--mount", "--propagation", "private", "sh", "-c", WITH_DEVICE));
    command.addAll(List.of("sh", sandbox.createDirectory("device").toString(), deviceMode));
    command.addAll(jvm);
    String said = Sandbox.run(command.toArray(String[]::new));
    assertTrue(said.endsWith("done\n"), said);
    assertTrue(!said.contains("Exception") && !said.contains("Error"), said);
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(
          List.of(),
          left.filter(path -> path.getFileName().toString().startsWith("overlays-")).toList());
    }
    return said;
  }

  /** The backends of each class of tests, which is the same for all its tests. */
  private static SortedMap<String, String> backendsOf(String said) {
    SortedMap<String, String> kinds = new TreeMap<>();
    said.lines()
        .filter(line -> line.matches("(Any|NioOnly|Redirecting) .*"))
        .map(line -> line.split(" ", -1))
        .forEach(words -> kinds.merge(words[0], words[1], ViewKindsTest::requireSame));
    return kinds;
  }

  private static String requireSame(String one, String other) {
    assertEquals(one, other);
    return one;
  }

  @Test
  void rootGetsKernelViews() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ChildJvm.javaProgram(),
                "-Djava.io.tmpdir=" + temporary,
                "-D" + ViewKinds.FIXTURE + "=" + sandbox.path("fixture"),
                "-cp",
                String.join(":", ChildJvm.classPath()),
                ViewKinds.class.getName()));
    String said = runWithDevice("666", command);
    assertEquals(
        Map.of("Any", "kernel", "NioOnly", "kernel", "Redirecting", "kernel"), backendsOf(said));
    assertTrue(!said.contains("copy"), said);
  }

  @Test
  void aUserWithFuseGetsViewsWithARealPath() throws IOException {
    String said = runWithDevice("666", commandAsUser(List.of()));
    assertEquals("fuse-overlayfs", backendsOf(said).get("Any"), said);
    assertEquals("fuse-overlayfs", backendsOf(said).get("NioOnly"), said);
    assertEquals("copy", backendsOf(said).get("Redirecting"), said);
  }

  @Test
  void aUserWithoutFuseGetsCopiesOrRootlessViews() throws IOException {
    String said = runWithDevice("600", commandAsUser(List.of()));
    assertEquals(
        Map.of("Any", "copy", "NioOnly", "rootless", "Redirecting", "copy"),
        backendsOf(said),
        said);
    String log = said.substring(said.indexOf("each test gets a copy of"));
    assertTrue(log.contains("\n  kernel: privilege-missing: "), log);
    assertTrue(log.contains("\n  fuse-overlayfs: device-not-accessible: /dev/fuse: "), log);
    assertTrue(log.contains("\n  rootless: its views have no real path"), log);
    assertTrue(log.contains("unshare --user --map-current-user --keep-caps --mount java"), log);
  }

  @Test
  void aJvmInItsOwnUserNamespaceGetsKernelViews() throws IOException {
    String said = runWithDevice("600", commandAsUser(OWN_NAMESPACE));
    assertEquals(
        Map.of("Any", "kernel", "NioOnly", "kernel", "Redirecting", "copy"),
        backendsOf(said),
        said);
    String log = said.substring(said.indexOf("each test gets a copy of"));
    assertTrue(log.contains("redirect_dir"), log);
  }
}
