package dev.overlays.linux.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.archive.Programs;
import dev.overlays.linux.consumer.JavaFences.Snippet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The Java of README.md compiles as a reader pastes it, below the imports it names, and runs. */
@Tag("long")
class ReadmeSnippetsTest {
  /** What the paths of the page are on this machine; /etc is a copy. */
  private static final String PLACES =
      """
      set -e
      mount -t tmpfs tmpfs /mnt
      mount -t tmpfs tmpfs /srv
      mkdir -p /mnt/usbdisk/static_cache/.yfnode/config /srv/fixture /srv/images
      mkdir -p /srv/cache/.yfnode/config /srv/patch /srv/instances
      echo base | tee /mnt/usbdisk/static_cache/file /srv/fixture/old.sql /srv/cache/file >/srv/patch/new
      for node in ttnode1 ttnode2 ttnode3 ttnode4; do
        mkdir -p /srv/instances/$node/mnts /srv/instances/$node/upper /srv/instances/$node/work
        echo $node >/srv/instances/$node/upper/$node
      done
      cp -a /etc /srv/etc
      rm -f /srv/etc/fstab
      touch /srv/etc/fstab
      mount --bind /srv/etc /etc
      ip link set lo up
      mkdir /srv/registry
      printf 'version: 0.1\\nstorage: {filesystem: {}}\\nhttp: {addr: "127.0.0.1:5000"}\\n' >/srv/registry.yml
      export REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/srv/registry
      """;

  private static final String REGISTRY =
      """
      docker-registry serve /srv/registry.yml >/srv/registry.log 2>&1 &
      trap "kill $!" EXIT
      until (: </dev/tcp/127.0.0.1/5000) 2>/dev/null; do kill -0 $!; done
      """;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    Programs.require("docker-registry", "docker-registry");
    sandbox = Sandbox.asRoot();
  }

  private static List<Snippet> snippets() throws IOException {
    return JavaFences.readFrom(Path.of("").toAbsolutePath().resolveSibling("README.md"));
  }

  @Test
  void aReaderIsToldTheImportsFirst() throws IOException {
    assertTrue(snippets().get(0).isImports());
    assertEquals(1, snippets().stream().filter(Snippet::isImports).count());
  }

  @TestFactory
  Stream<DynamicTest> everySnippetCompilesAndRuns() throws IOException {
    String imports = snippets().get(0).code();
    return snippets().stream()
        .skip(1)
        .map(
            snippet ->
                DynamicTest.dynamicTest(
                    "line " + snippet.line(), () -> compileAndRun(snippet, imports)));
  }

  private void compileAndRun(Snippet snippet, String imports) throws Exception {
    String directory = "line" + snippet.line();
    Path source = sandbox.createFile(directory + "/Main.java", snippet.asProgram(imports));
    Path classes = sandbox.createDirectory(directory + "/classes");
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertEquals(0, compiled, () -> messages.toString(StandardCharsets.UTF_8) + snippet.code());
    String registry = snippet.code().contains("OciRegistry") ? REGISTRY : "";
    Path script = sandbox.createFile(directory + "/script", PLACES + registry + "\"$@\"\n");
    runInNamespace(script, classes, snippet);
  }

  private void runInNamespace(Path script, Path classes, Snippet snippet) throws Exception {
    Path output = script.resolveSibling("output");
    Process process =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--net",
                "--propagation",
                "private",
                "bash",
                script.toString(),
                ChildJvm.javaProgram(),
                ChildJvm.FIRST_COMPILER_ONLY,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes + ":" + System.getProperty("java.class.path"),
                "Main")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the snippet does not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), () -> readText(output) + snippet.code());
  }

  private static String readText(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
