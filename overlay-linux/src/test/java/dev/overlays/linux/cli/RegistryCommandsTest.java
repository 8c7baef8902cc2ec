package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.archive.DockerRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands that push and pull images, as root. */
@Tag("long")
class RegistryCommandsTest {
  @AutoClose private Sandbox sandbox;
  @AutoClose private DockerRegistry registry;

  @BeforeEach
  void createLayers() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    sandbox.createFile("disk/lower/file", "lower");
    sandbox.createFile("disk/one/upper/new", "upper");
    sandbox.createDirectory("disk/one/work");
    Sandbox.run("mknod", path("one/upper/gone"), "c", "0", "0");
    registry = DockerRegistry.start(sandbox.createDirectory("registry"));
  }

  private String path(String relative) {
    return sandbox.path("disk/" + relative).toString();
  }

  @Test
  void layersTravelByARegistry() throws IOException {
    String reference = registry.reference("cache:v1");
    ProgramRun pushed =
        ProgramRun.run(
                "push",
                "--json",
                "--lower",
                path("lower"),
                "--instance",
                path("one"),
                "--layout",
                path("images"),
                reference)
            .assertCode(0);
    assertEquals("", pushed.err());
    JsonObject pulled =
        ProgramRun.run("pull", "--json", "--layout", path("pulled"), reference, path("copy"))
            .assertCode(0)
            .json();
    assertEquals(pushed.json().get("digest"), pulled.get("digest"));
    assertEquals(pushed.json().get("layers"), pulled.get("layers"));
    assertEquals(2, pulled.get("directories").getAsJsonArray().size());
    assertEquals("lower", Files.readString(sandbox.path("disk/copy/1/file")));
    assertEquals("upper", Files.readString(sandbox.path("disk/copy/2/new")));
    assertEquals("character special file\n", Sandbox.run("stat", "-c", "%F", path("copy/2/gone")));
  }

  @Test
  void lowerIsPublishedAndFollowed() throws IOException {
    String reference = registry.reference("lower:v1");
    List<String> ours =
        List.of("--json", "--lower", path("lower"), "--instances", path(""), reference);
    List<String> theirs =
        List.of("--json", "--lower", path("their/lower"), "--instances", path("their"), reference);
    sandbox.createDirectory("disk/their");
    JsonObject published = runCommand("publish", ours).assertCode(0).json();
    assertTrue(published.get("pushed").getAsBoolean());
    JsonObject followed = runCommand("follow", theirs).assertCode(0).json();
    assertTrue(followed.get("replaced").getAsBoolean());
    assertEquals(published.get("image"), followed.get("image"));
    assertEquals("lower", Files.readString(sandbox.path("disk/their/lower/file")));
    assertFalse(runCommand("follow", theirs).assertCode(0).json().get("replaced").getAsBoolean());
    sandbox.createFile("disk/their/lower/own", "own");
    sandbox.createFile("disk/lower/file", "next");
    runCommand("publish", ours).assertCode(0);
    assertEquals(
        List.of("cache-lower-unpublished"),
        runCommand("follow", theirs).assertCode(1).problemCodes());
    ProgramRun text =
        ProgramRun.run(
                "follow",
                "--lower",
                path("their/lower"),
                "--instances",
                path("their"),
                "--set-ids=take",
                reference)
            .assertCode(1);
    assertTrue(text.err().contains("--replace-unpublished"), text.err());
    List<String> replacing = new ArrayList<>(theirs);
    replacing.add("--replace-unpublished");
    assertEquals(
        1, runCommand("follow", replacing).assertCode(0).json().getAsJsonArray("notices").size());
    assertEquals("next", Files.readString(sandbox.path("disk/their/lower/file")));
  }

  /** It is killed while the archive of the layer grows, which no image names yet. */
  @Test
  void aPushThatASignalEndsLeavesNothing() throws Exception {
    byte[] content = new byte[16 << 20];
    new Random(0).nextBytes(content);
    Files.write(sandbox.path("disk/lower/large"), content);
    List<String> words = new ArrayList<>(ProgramRun.programWords());
    words.addAll(List.of("push", "--lower", path("lower"), "--layout", path("images")));
    words.add(registry.reference("cache:v1"));
    Process program =
        new ProcessBuilder(words)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    while (program.isAlive() && countFiles("images", ".overlays-blob-") == 0) {
      Thread.onSpinWait();
    }
    program.destroy();
    assertEquals(128 + 15, program.waitFor());
    assertEquals(0, countFiles("images", ".overlays-blob-"));
    Path images = sandbox.path("disk/images");
    assertEquals(
        Files.exists(images.resolve("index.json")), Files.exists(images), "whole or not there");
  }

  private long countFiles(String directory, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(sandbox.path("disk/" + directory))) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).count();
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static ProgramRun runCommand(String command, List<String> arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(arguments);
    return ProgramRun.run(words.toArray(String[]::new));
  }

  @Test
  void whatTheRegistryDoesNotHaveIsTold() throws IOException {
    ProgramRun missing =
        ProgramRun.run(
                "pull",
                "--json",
                "--layout",
                path("pulled"),
                registry.reference("missing:v1"),
                path("copy"))
            .assertCode(1);
    assertEquals(List.of("image-not-found"), missing.problemCodes());
    assertFalse(Files.exists(sandbox.path("disk/copy")));
    ProgramRun nobody =
        ProgramRun.run(
                "push",
                "--lower",
                path("lower"),
                "--layout",
                path("images"),
                "127.0.0.1:1/cache:v1")
            .assertCode(1);
    assertTrue(nobody.err().contains("127.0.0.1:1"), nobody.err());
    assertTrue(nobody.err().contains("--plain-http"), nobody.err());
  }
}
