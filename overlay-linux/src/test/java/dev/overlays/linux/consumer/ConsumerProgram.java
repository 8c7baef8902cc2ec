package dev.overlays.linux.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Native;
import dev.overlays.Overlays;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.tools.ToolProvider;
import org.apache.commons.io.file.PathUtils;

/** A small program against the library, compiled anew, and the JVMs that run it. */
final class ConsumerProgram {
  private static final String PROGRAM =
      """
      package consumer;

      import dev.overlays.*;
      import dev.overlays.OverlayBackend;
      import java.nio.file.*;
      import java.util.List;

      public class Main {
        public static void main(String[] args) throws Exception {
          Path root = Path.of(args[0]);
          OverlaySpec spec =
              OverlaySpec.builder()
                  .lower(root.resolve("lower"))
                  .instance(root.resolve("instance"))
                  .build();
          for (OverlayBackend backend : Overlays.backends()) {
            System.out.println(
                backend.name()
                    + ": "
                    + backend.whyUnavailable().map(p -> p.code().name()).orElse("usable"));
          }
          System.out.println("check: " + codes(Overlays.check(spec)));
          try (OverlayMount mount = Overlays.mount(spec)) {
            Files.writeString(mount.root().resolve("file"), "written");
            String shared = Files.readString(mount.root().resolve("shared"));
            System.out.println("mounted by " + mount.backend() + ", " + shared);
          } catch (OverlayException e) {
            System.out.println("refused: " + codes(e.problems()));
          }
        }

        private static List<ProblemCode> codes(List<Problem> problems) {
          return problems.stream().map(Problem::code).toList();
        }
      }
      """;

  private final Sandbox sandbox;
  private final List<Path> library =
      List.of(
          codeLocation(Overlays.class),
          codeLocation(KernelBackend.class),
          codeLocation(Native.class));
  private final List<Path> more = new ArrayList<>();

  ConsumerProgram(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  private static Path codeLocation(Class<?> of) {
    try {
      return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private String libraryPath() {
    return String.join(File.pathSeparator, library.stream().map(Path::toString).toList());
  }

  /** Puts a provider onto the class path: its name, and its source if there is any. */
  void addProvider(String name, String source) throws IOException {
    sandbox.createFile("provider/META-INF/services/dev.overlays.OverlayBackend", name);
    more.add(sandbox.path("provider"));
    if (!source.isEmpty()) {
      Path file = sandbox.createFile("source/" + name.replace('.', '/') + ".java", source);
      String provider = sandbox.path("provider").toString();
      compileSource("-d", provider, "-cp", provider, file.toString());
    }
  }

  List<String> runOnClassPath(String... options) throws IOException {
    Path program = sandbox.createFile("program/consumer/Main.java", PROGRAM);
    String classes = sandbox.createDirectory("classes").toString();
    compileSource("-d", classes, "-cp", libraryPath(), program.toString());
    List<String> entries = new ArrayList<>(List.of(classes, libraryPath()));
    more.forEach(entry -> entries.add(entry.toString()));
    List<String> command = new ArrayList<>(List.of(options));
    command.addAll(List.of("-cp", String.join(File.pathSeparator, entries), "consumer.Main"));
    return run(command);
  }

  List<String> runOnModulePath() throws IOException {
    Path program = sandbox.createFile("program/consumer/Main.java", PROGRAM);
    Path module =
        sandbox.createFile(
            "program/module-info.java", "module consumer { requires dev.overlays.api; }");
    String classes = sandbox.createDirectory("classes").toString();
    // Without a class path javac would take that of this JVM.
    compileSource(
        "-d", classes, "-cp", classes, "-p", libraryPath(), program.toString(), module.toString());
    String modules = classes + File.pathSeparator + libraryPath();
    return run(List.of("-p", modules, "-m", "consumer/consumer.Main"));
  }

  /** Links a runtime image of the program, the library and JNA, which has a descriptor for that. */
  List<String> runInImage() throws IOException {
    runOnModulePath();
    String modules =
        String.join(
            File.pathSeparator,
            List.of(
                sandbox.path("classes").toString(),
                library.get(0).toString(),
                library.get(1).toString(),
                onClassPath("jna-jpms").toString()));
    Path image = sandbox.path("image");
    runTool(
        "jlink",
        "--module-path",
        modules,
        "--add-modules",
        "consumer,dev.overlays.linux",
        "--output",
        image.toString());
    return run(image.resolve("bin/java"), List.of("-m", "consumer/consumer.Main"));
  }

  /** Packs the program as Spring Boot does: jars in a jar, which a loader of its own reads. */
  List<String> runInBootJar() throws IOException {
    runOnClassPath();
    Path boot = sandbox.createDirectory("boot");
    unpackJar(onClassPath("spring-boot-loader"), boot);
    sandbox.createDirectory("boot/BOOT-INF/classes/consumer");
    Files.copy(
        sandbox.path("classes/consumer/Main.class"),
        boot.resolve("BOOT-INF/classes/consumer/Main.class"));
    sandbox.createDirectory("boot/BOOT-INF/lib");
    for (Path part : library) {
      Path jar = boot.resolve("BOOT-INF/lib/" + library.indexOf(part) + ".jar");
      if (Files.isDirectory(part)) {
        runTool("jar", "cf", jar.toString(), "-C", part.toString(), ".");
      } else {
        Files.copy(part, jar);
      }
    }
    Path manifest =
        sandbox.createFile(
            "manifest",
            """
            Main-Class: org.springframework.boot.loader.launch.JarLauncher
            Start-Class: consumer.Main
            Spring-Boot-Classes: BOOT-INF/classes/
            Spring-Boot-Lib: BOOT-INF/lib/
            """);
    Path program = sandbox.path("program.jar");
    runTool("jar", "cfm0", program.toString(), manifest.toString(), "-C", boot.toString(), ".");
    return run(Path.of(ChildJvm.javaProgram()), List.of("-jar", program.toString()));
  }

  private static void unpackJar(Path jar, Path directory) throws IOException {
    try (FileSystem content = FileSystems.newFileSystem(jar)) {
      PathUtils.copyDirectory(content.getPath("/"), directory);
    }
  }

  private static void runTool(String name, String... arguments) {
    java.util.spi.ToolProvider tool = java.util.spi.ToolProvider.findFirst(name).orElseThrow();
    assertEquals(0, tool.run(System.out, System.err, arguments), name);
  }

  private static Path onClassPath(String artifact) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(path -> path.getFileName().toString().startsWith(artifact + "-"))
        .findFirst()
        .orElseThrow();
  }

  /** Every lint is on: neither the annotations of the API nor anything else may be missed. */
  private static void compileSource(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-Xlint:all", "-Werror"));
    all.addAll(List.of(arguments));
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler().run(null, null, null, all.toArray(String[]::new)),
        "compiled");
  }

  /** Returns the lines of standard output; what the JVM itself has to say goes elsewhere. */
  private List<String> run(List<String> arguments) throws IOException {
    return run(Path.of(ChildJvm.javaProgram()), arguments);
  }

  private List<String> run(Path java, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(arguments);
    command.add(sandbox.root().toString());
    Path errors = sandbox.path("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      assertEquals(0, process.waitFor(), () -> output + readOrExplain(errors));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return output.lines().toList();
  }

  private static String readOrExplain(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
