package dev.overlays.linux.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.NamespaceJavaHome;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Java home with which an ordinary user mounts by the kernel. */
class NamespaceJavaHomeTest {
  @AutoClose private Sandbox sandbox;
  private Path place;
  private String java;

  @BeforeEach
  void makeHome() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
    place = OrdinaryUser.giveToUser(sandbox.mountTmpfs("place"));
    String said =
        Sandbox.run(
            OrdinaryUser.javaCommand(
                    place, Map.of(), NamespaceJavaHome.class, place.resolve("a home's").toString())
                .toArray(String[]::new));
    java = place.resolve("a home's/bin/java").toString();
    assertEquals(java, said.strip());
  }

  /** The command of a JVM of the tests, with this program instead of its own. */
  private List<String> program(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            OrdinaryUser.javaCommand(place, Map.of(), LaunchedProgram.class, arguments));
    command.replaceAll(word -> word.equals(ChildJvm.javaProgram()) ? java : word);
    return command;
  }

  private List<String> bare(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(OrdinaryUser.commandPrefix());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** The result of a command: its status and output. */
  private String ran(List<String> command, String input) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var stream = process.getOutputStream()) {
      stream.write(input.getBytes(UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return process.onExit().join().exitValue() + " " + output;
  }

  @Test
  void anOrdinaryUsersProgramMountsByTheKernelAndHasRealPaths() throws IOException {
    assertEquals(
        "0 kernel " + place.resolve("instance/mnts") + "\n", ran(program("mount", "" + place), ""));
    assertEquals("written", Files.readString(place.resolve("instance/upper/made/by/file")));
    assertEquals(
        "", Sandbox.run("find", place.resolve("instance/mnts").toString(), "-mindepth", "1"));
  }

  @Test
  void mountsOverALowerOfAnotherUser() throws IOException {
    sandbox.createFile("place/lower/file", "root's");
    assertEquals(
        "0 kernel " + place.resolve("instance/mnts") + "\n", ran(program("mount", "" + place), ""));
    assertEquals("written", Files.readString(place.resolve("instance/upper/made/by/file")));
  }

  @Test
  void rootRunsJavaWithoutANamespace() throws IOException {
    List<String> command = program("mount", place.toString());
    command = command.subList(OrdinaryUser.commandPrefix().size(), command.size());
    assertEquals("0 kernel " + place.resolve("instance/mnts") + "\n", ran(command, ""));
    String namespace = Sandbox.run("readlink", "/proc/self/ns/mnt");
    Path source =
        sandbox.createFile(
            "Where.java",
            "class Where { public static void main(String[] a) throws Exception { System.out.println("
                + "java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of(\"/proc/self/ns/mnt\"))); } }");
    assertEquals("0 " + namespace, ran(List.of(java, source.toString()), ""));
  }

  @Test
  void tellsItsVersionAsJavaDoes() throws IOException {
    assertEquals(
        ran(bare(ChildJvm.javaProgram(), "-version"), ""), ran(bare(java, "-version"), ""));
    assertEquals(ran(bare(ChildJvm.javaProgram(), "-no"), ""), ran(bare(java, "-no"), ""));
  }

  @Test
  void theOtherProgramsOfTheHomeAreThere() throws IOException {
    Path bin = Path.of(java).getParent();
    Path real = Path.of(ChildJvm.javaProgram()).getParent();
    assertEquals(Sandbox.run("ls", real.toString()), Sandbox.run("ls", bin.toString()));
    assertEquals(
        ran(List.of(real.resolve("javac").toString(), "-version"), ""),
        ran(List.of(bin.resolve("javac").toString(), "-version"), ""));
    assertTrue(Files.exists(bin.resolveSibling("lib/modules")));
  }

  @Test
  void passesArgumentsInputAndStatus() throws IOException {
    List<String> command = program("echo", "a b", "", "*", "$HOME", "it's", "\"");
    assertEquals("42 echo|a b||*|$HOME|it's|\" input\n", ran(command, "input\n"));
    List<String> words = command.subList(command.indexOf(java) + 1, command.size());
    Path file = sandbox.createFile("arguments", "");
    Files.writeString(file, String.join("\n", words.subList(0, words.indexOf("echo"))));
    assertEquals("42 echo|x input", ran(bare(java, "@" + file, "echo", "x"), "input"));
  }

  /** Signals the program as Surefire and Gradle end their JVMs. */
  @Test
  void aSignalReachesTheProgram() throws IOException {
    Process process = new ProcessBuilder(program("wait")).redirectErrorStream(true).start();
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      assertEquals(Long.toString(process.pid()), lines.readLine());
      process.toHandle().destroy();
      assertEquals("ended", lines.readLine());
      assertEquals(143, process.onExit().join().exitValue());
    }
  }

  @Test
  void creatingAgainReplacesTheOldHome() throws IOException {
    Path script = Path.of(java);
    String text = Files.readString(script);
    Files.writeString(script, "old");
    makeHomeAgain();
    assertEquals(text, Files.readString(script));
    assertEquals("rwxr-xr-x", Sandbox.run("stat", "-c", "%A", java).strip().substring(1));
    assertEquals("", Sandbox.run("find", script.getParent().toString(), "-name", "*.tmp"));
  }

  private void makeHomeAgain() throws IOException {
    NamespaceJavaHome.create(place.resolve("a home's"));
  }

  @Test
  void refusesInsteadOfRunningJavaWithoutANamespace() throws IOException {
    Path programs = sandbox.createDirectory("programs");
    Path fake =
        sandbox.createFile("programs/unshare", "#!/bin/sh\necho no namespaces here; exit 1\n");
    Sandbox.run("chmod", "a+rx", fake.toString());
    List<String> command = bare("env", "PATH=" + programs + ":/usr/bin:/bin", java, "-version");
    assertEquals("1 no namespaces here\n", ran(command, ""));
  }
}
