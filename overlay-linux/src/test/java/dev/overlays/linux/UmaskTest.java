package dev.overlays.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.Ephemeral;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * With a umask of 000, as a service may have, only the owner can write to what the library creates.
 */
class UmaskTest {
  private static final int WRITABLE_BY_OTHERS = 022;

  /** Makes an instance, a throw-away view and a Java home. */
  static final class InstanceMaker {
    private InstanceMaker() {}

    public static void main(String[] arguments) throws IOException {
      Path root = Path.of(arguments[0]);
      Overlays.mount(
              OverlaySpec.builder()
                  .lower(root.resolve("lower"))
                  .instance(root.resolve("i"))
                  .build(),
              "kernel")
          .close();
      Overlays.mount(
              OverlaySpec.builder()
                  .lower(root.resolve("lower"))
                  .ephemeral(Ephemeral.in(root.resolve("kept")))
                  .build(),
              "kernel")
          .keepTo(root.resolve("kept/upper"));
      NamespaceJavaHome.create(root.resolve("java"));
      System.out.println("made");
    }
  }

  @Test
  void nothingIsWritableByOthers() throws Exception {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      sandbox.createDirectory("lower");
      sandbox.createDirectory("kept");
      Process process =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "umask 000; exec \"$@\"",
                  "sh",
                  ChildJvm.javaProgram(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  InstanceMaker.class.getName(),
                  sandbox.root().toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertEquals("made", said.strip());
      assertEquals(List.of(), writableByOthers(sandbox.root()));
    }
  }

  private static List<Path> writableByOthers(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> !Files.isSymbolicLink(path) && isWritableByOthers(path)).toList();
    }
  }

  private static boolean isWritableByOthers(Path path) {
    try {
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & WRITABLE_BY_OTHERS) != 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
