package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands as an ordinary user. */
@Tag("long")
class UserCommandsTest {
  @AutoClose private Sandbox sandbox;
  private Path home;

  @BeforeEach
  void createDirectories() throws IOException {
    KernelAbility.USER_MARKS.assumePresent();
    sandbox = OrdinaryUser.createSandbox();
    home = OrdinaryUser.giveToUser(sandbox.createDirectory("home"));
    for (String directory : List.of("data", "instances")) {
      OrdinaryUser.giveToUser(sandbox.createDirectory("home/" + directory));
    }
    OrdinaryUser.giveToUser(sandbox.createFile("home/data/file", "file"));
  }

  private ProgramRun run(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            OrdinaryUser.javaCommand(
                home, Map.of("user.home", home.toString()), ProgramRun.mainClass(), arguments));
    return ProgramRun.finish(new ProcessBuilder(command).directory(home.toFile()));
  }

  @Test
  void aCommandIsTriedAsTheUserThemselves() throws IOException {
    Path data = home.resolve("data");
    String script = "id -u >user && rm " + data + "/file && test ! -e file";
    ProgramRun thrown = run("try", "data", "--", "sh", "-c", script).assertCode(0);
    assertTrue(thrown.out().contains("added user ("), thrown.out());
    assertTrue(thrown.out().contains("deleted file ("), thrown.out());
    assertTrue(Files.exists(data.resolve("file")));
    run("try", "--apply", "data", "--", "sh", "-c", script).assertCode(0);
    assertFalse(Files.exists(data.resolve("file")));
    assertEquals(
        Files.getAttribute(home, "unix:uid").toString(),
        Files.readString(data.resolve("user")).strip());
  }

  @Test
  void instancesStayMountedInUserSpaceAndAreMaintained() throws IOException {
    String[] cache = {"--lower=data", "--instances=instances"};
    run(with(cache, "create", "one")).assertCode(0);
    JsonObject mounted = run(with(cache, "mount", "--json")).assertCode(0).json();
    assertEquals(List.of("fuse-overlayfs"), ProgramRun.textsOf(mounted, "mounts", "backend"));
    List<String> touch = new ArrayList<>(OrdinaryUser.commandPrefix());
    touch.addAll(List.of("touch", home + "/instances/one/mnts/new"));
    assertEquals(0, ProgramRun.finish(new ProcessBuilder(touch)).code());
    run(with(cache, "maintain")).assertCode(0);
    assertTrue(Files.exists(home.resolve("data/new")));
    run(with(cache, "unmount")).assertCode(0);
    ProgramRun timer = run(with(cache, "maintain", "--install-timer")).assertCode(0);
    assertTrue(
        timer.out().contains(home + "/.config/systemd/user/overlays-maintain-"), timer.out());
    assertTrue(timer.err().contains("systemctl --user enable"), timer.err());
  }

  /** Such as {@code /run/containers}, when only root has used podman. */
  @Test
  void credentialsInADirectoryThatIsClosedArePassedOver() throws IOException {
    Path closed = sandbox.createDirectory("home/closed");
    Sandbox.run("chmod", "700", closed.toString());
    for (String variable : List.of("XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE")) {
      ProcessBuilder builder =
          new ProcessBuilder(
              OrdinaryUser.javaCommand(
                  home,
                  Map.of("user.home", home.toString()),
                  ProgramRun.mainClass(),
                  "pull",
                  "--json",
                  "--layout=pulled",
                  "127.0.0.1:1/cache:v1",
                  "copy"));
      builder.environment().put("XDG_RUNTIME_DIR", home.toString());
      builder.environment().put(variable, closed + "/auth.json");
      ProgramRun run = ProgramRun.finish(builder.directory(home.toFile())).assertCode(1);
      boolean chosen = variable.equals("REGISTRY_AUTH_FILE");
      assertEquals(
          List.of(chosen ? "registry-denied" : "registry-not-reached"), run.problemCodes());
    }
  }

  @Test
  void anInstanceOverALowerThatCannotBeReadIsNotCreated() throws IOException {
    Path closed = sandbox.createDirectory("home/closed");
    Sandbox.run("chmod", "700", closed.toString());
    ProgramRun refused =
        run("create", "--json", "--lower=closed", "--instances=instances", "one").assertCode(1);
    assertEquals(List.of("layer-not-accessible"), refused.problemCodes());
    assertFalse(Files.exists(home.resolve("instances/one")));
  }

  @Test
  void oneReasonThatAllInstancesFailForIsToldOnce() throws IOException {
    String[] cache = {"--lower=data", "--instances=instances"};
    run(with(cache, "create", "one", "two")).assertCode(0);
    ProgramRun refused = run(with(cache, "mount", "--json", "--backend=kernel")).assertCode(1);
    assertEquals(List.of("privilege-missing"), refused.problemCodes());
  }

  @Test
  void bootEntriesOfRelativePathsAreAbsolute() throws IOException {
    String[] cache = {"--lower=data", "--instances=./instances"};
    run(with(cache, "create", "one")).assertCode(0);
    OrdinaryUser.giveToUser(sandbox.createFile("home/fstab", ""));
    run(with(cache, "boot enable", "--fstab=fstab")).assertCode(0);
    String entry = Files.readString(home.resolve("fstab"));
    assertTrue(entry.contains(" " + home + "/instances/one/mnts "), entry);
    assertTrue(entry.contains("lowerdir=" + home + "/data,"), entry);
    run(with(cache, "boot disable", "--fstab=fstab", "one")).assertCode(0);
    assertEquals("", Files.readString(home.resolve("fstab")));
  }

  private static String[] with(String[] cache, String command, String... arguments) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(List.of(cache));
    words.addAll(List.of(arguments));
    return words.toArray(String[]::new);
  }
}
