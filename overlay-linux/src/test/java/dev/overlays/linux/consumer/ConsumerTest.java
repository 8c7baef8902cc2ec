package dev.overlays.linux.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program of somebody else's that uses the library, in a JVM of its own. */
@Tag("long")
class ConsumerTest {
  @AutoClose private Sandbox sandbox;
  private ConsumerProgram consumer;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/shared", "base");
    consumer = new ConsumerProgram(sandbox);
  }

  private void assertMounts(List<String> answers) throws IOException {
    assertEquals("kernel: usable", answers.get(0));
    assertEquals(
        List.of("check: []", "mounted by kernel, base"), answers.subList(3, answers.size()));
    assertEquals("written", Files.readString(sandbox.path("instance/upper/file")));
  }

  @Test
  void mountsOnTheClassPath() throws IOException {
    assertMounts(consumer.runOnClassPath());
  }

  @Test
  void mountsOnTheModulePath() throws IOException {
    assertMounts(consumer.runOnModulePath());
  }

  /** JNA as the artifact {@code jna-jpms}, since jlink takes no module without a descriptor. */
  @Test
  void mountsInAnImageOfJlink() throws IOException {
    assertMounts(consumer.runInImage());
  }

  @Test
  void mountsInAJarOfSpringBoot() throws IOException {
    assertMounts(consumer.runInBootJar());
  }

  @Test
  void mountsBesideAProviderThatIsMissing() throws IOException {
    consumer.addProvider("missing.Backend", "");
    assertMounts(consumer.runOnClassPath());
  }

  @Test
  void mountsBesideAProviderThatCannotBeMade() throws IOException {
    consumer.addProvider(
        "broken.Backend",
        """
        package broken;

        public class Backend {
          public Backend() {
            throw new IllegalStateException("broken on purpose");
          }
        }
        """);
    assertMounts(consumer.runOnClassPath());
  }

  @Test
  void reportsThatTheNativeLibraryDoesNotLoad() throws IOException {
    List<String> answers =
        consumer.runOnClassPath(
            "-Ddev.overlays.linux.calls=jna",
            "-Djna.nosys=true",
            "-Djna.nounpack=true",
            "-Djna.boot.library.path=/nonexistent");
    assertUnavailable("NATIVE_ACCESS_UNAVAILABLE", answers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Dos.name=Windows 11", "-Dos.name=Mac OS X", "-Dos.arch=riscv64"})
  void reportsAnUnsupportedPlatform(String property) throws IOException {
    assertUnavailable("PLATFORM_UNSUPPORTED", consumer.runOnClassPath(property));
  }

  private void assertUnavailable(String code, List<String> answers) {
    assertEquals(
        List.of(
            "kernel: " + code,
            "rootless: " + code,
            "fuse-overlayfs: " + code,
            "check: [" + code + "]",
            "refused: [" + code + "]"),
        answers);
    assertFalse(Files.exists(sandbox.path("instance")));
  }
}
