package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.boot.Fstab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Boot entries, and the units of a maintenance. */
@Tag("long")
class BootCommandsTest {
  @AutoClose private Sandbox sandbox;
  private Path units;

  @BeforeEach
  void createCache() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    sandbox.createFile("disk/lower/file", "file");
    sandbox.createDirectory("disk/instances");
    units = sandbox.createDirectory("units");
  }

  private ProgramRun run(String command, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(List.of("--lower", sandbox.path("disk/lower").toString()));
    words.addAll(List.of("--instances", sandbox.path("disk/instances").toString()));
    words.addAll(List.of(arguments));
    return ProgramRun.run(words.toArray(String[]::new));
  }

  private List<String> unitNames(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(units)) {
      return files.map(Path::toString).filter(name -> name.endsWith(suffix)).sorted().toList();
    }
  }

  /** Where systemd finds nothing to say of the files. */
  private static void verifyUnits(List<String> files) throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
        "systemd-analyze is not installed");
    List<String> command = new ArrayList<>(List.of("systemd-analyze", "--man=no", "verify"));
    command.addAll(files);
    ProgramRun verified = ProgramRun.finish(new ProcessBuilder(command));
    assertEquals("", verified.err());
    assertEquals(0, verified.code());
  }

  @Test
  void anInstanceIsEnabledAndDisabledInFstab() throws IOException {
    Path fstab = sandbox.createFile("fstab", "# of the machine\n");
    run("create", "one").assertCode(0);
    Path mountPoint = sandbox.path("disk/instances/one/mnts");
    assertEquals(
        "enabled " + mountPoint + "\n",
        run("boot enable", "--fstab", fstab.toString()).assertCode(0).out());
    assertTrue(Fstab.read(fstab).find(mountPoint).isPresent());
    assertTrue(run("status", "--fstab", fstab.toString()).assertCode(0).out().contains(" yes "));
    run("boot disable", "--fstab", fstab.toString(), "--json", "one").assertCode(0).json();
    assertEquals("# of the machine\n", Files.readString(fstab));
  }

  @Test
  void theUnitsOfAMountAreWrittenAndRemoved() throws IOException {
    run("create", "one").assertCode(0);
    run("boot enable", "--units", units.toString()).assertCode(0);
    assertEquals(1, unitNames(".mount").size());
    verifyUnits(unitNames(".mount"));
    run("boot disable", "--units", units.toString()).assertCode(0);
    assertEquals(List.of(), unitNames(".mount"));
  }

  @Test
  void aTimerOfAMaintenanceIsWrittenAsSystemdReadsIt() throws IOException {
    Path hard = sandbox.createDirectory("disk/in $h%n \"x\"");
    ProgramRun timer =
        ProgramRun.run(
                "maintain",
                "--install-timer",
                "--units=" + units,
                "--lower=" + sandbox.path("disk/lower"),
                "--instances=" + hard,
                "--every=Mon *-*-* 03:00",
                "--exclude=**/$HOME %n.tmp",
                "--wait=30s")
            .assertCode(0);
    assertTrue(timer.out().contains(units.toString()), timer.out());
    assertTrue(timer.err().contains("systemctl enable --now overlays-maintain-"), timer.err());
    List<String> files = new ArrayList<>(unitNames(".service"));
    files.addAll(unitNames(".timer"));
    assertEquals(2, files.size());
    verifyUnits(files);
    String service = Files.readString(Path.of(files.get(0)));
    assertTrue(
        service.contains(
            " maintain --lower="
                + sandbox.path("disk/lower")
                + " \"--instances="
                + hard.toString().replace("$", "$$").replace("%", "%%").replace("\"", "\\\"")
                + "\" \"--exclude=**/$$HOME %%n.tmp\" --wait=30s\n"),
        service);
    assertFalse(service.contains("--install-timer"), service);

    Files.writeString(Path.of(files.get(1)), "# of somebody else\n");
    ProgramRun foreign =
        ProgramRun.run(
                "maintain",
                "--json",
                "--install-timer",
                "--units=" + units,
                "--lower=" + sandbox.path("disk/lower"),
                "--instances=" + hard)
            .assertCode(1);
    assertEquals(List.of("boot-entry-foreign"), foreign.problemCodes());
    assertEquals("# of somebody else\n", Files.readString(Path.of(files.get(1))));
    assertEquals(service, Files.readString(Path.of(files.get(0))));
  }
}
