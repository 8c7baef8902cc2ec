package dev.overlays.linux.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Root runs only programs that nobody else can replace. */
class TrustedProgramTest {
  private static final String NAME = "unshare";

  @AutoClose private Sandbox sandbox;
  private Path directory;

  /** Prints where a program is found. */
  static final class ProgramFinder {
    private ProgramFinder() {}

    public static void main(String[] arguments) {
      System.out.println(TrustedProgram.findProgram(arguments[0]).orElseThrow());
      System.out.println(TrustedProgram.whyDistrusted(arguments[0]).orElse("none"));
      System.out.println(TrustedProgram.searchPath());
    }
  }

  @BeforeEach
  void makeDirectory() throws IOException {
    sandbox = Sandbox.asRoot();
    directory = sandbox.createDirectory("bin");
  }

  private Path program(Path place, String mode) throws IOException {
    Path program = Files.writeString(place.resolve(NAME), "#!/bin/sh\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(mode));
  }

  private Optional<Path> found() {
    return TrustedProgram.findProgram(NAME, List.of(directory.toString()));
  }

  @Test
  void whatIsRootsAloneIsFound() throws IOException {
    assertEquals(Optional.of(program(directory, "rwxr-xr-x")), found());
  }

  @Test
  void whatOthersMayWriteToIsPassedOver() throws IOException {
    program(directory, "rwxrwxr-x");
    assertEquals(Optional.empty(), found());
    program(directory, "rwxr-xrwx");
    assertEquals(Optional.empty(), found());
  }

  @Test
  void whatBelongsToAnotherUserIsPassedOver() throws IOException {
    Path program = program(directory, "rwxr-xr-x");
    Sandbox.run("chown", "65534", program.toString());
    assertEquals(Optional.empty(), found());
  }

  @Test
  void directoryInWhichOthersMayExchangeItIsPassedOver() throws IOException {
    program(directory, "rwxr-xr-x");
    Sandbox.run("chmod", "777", directory.toString());
    assertEquals(Optional.empty(), found());
    Sandbox.run("chmod", "1777", directory.toString());
    assertTrue(found().isPresent());
    Sandbox.run("chown", "65534", directory.toString());
    assertEquals(Optional.empty(), found());
  }

  @Test
  void linkIntoADirectoryOfOthersIsPassedOver() throws IOException {
    Path others = sandbox.createDirectory("others");
    Path program = program(others, "rwxr-xr-x");
    Files.createSymbolicLink(directory.resolve(NAME), program);
    assertTrue(found().isPresent());
    Sandbox.run("chown", "65534", others.toString());
    assertEquals(Optional.empty(), found());
  }

  @Test
  void pathOfAProcessDoesNotLeadRootToAProgramOfOthers() throws Exception {
    Path program = program(directory, "rwxr-xr-x");
    Sandbox.run("chown", "-R", "65534", directory.toString());
    ProcessBuilder builder =
        new ProcessBuilder(
            ChildJvm.javaProgram(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ProgramFinder.class.getName(),
            NAME);
    builder.environment().put("PATH", directory + ":/usr/bin:/bin");
    Process process = builder.redirectErrorStream(true).start();
    List<String> said = new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertEquals(3, said.size(), said::toString);
    assertEquals(Path.of("/usr/bin", NAME).toRealPath(), Path.of(said.get(0)).toRealPath());
    assertTrue(said.get(1).startsWith(program + " is there, but not only root"), said::toString);
    assertTrue(!said.get(2).contains(directory.toString()), said::toString);
  }
}
