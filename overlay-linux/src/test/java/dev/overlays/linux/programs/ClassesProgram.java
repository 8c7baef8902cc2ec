package dev.overlays.linux.programs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;

/** The ways in which the JDK itself reads and writes classes and archives. */
enum ClassesProgram implements DirectoryProgram {
  /** {@code javac -d}, then a loader on the directory. */
  DIRECTORY {
    @Override
    public void prepare(Path directory) throws IOException {
      compile(directory, "fixture");
    }

    @Override
    public void use(Path directory) throws Exception {
      assertEquals("fixture", load(directory));
      compile(directory, "changed");
      verify(directory);
    }

    @Override
    public void verify(Path directory) throws Exception {
      assertEquals("changed", load(directory));
    }
  },

  /** {@code java -jar}, of a program that is given the directory. */
  JAR {
    @Override
    public void prepare(Path directory) throws IOException {
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, WordChange.class.getName());
      String name = WordChange.class.getName().replace('.', '/') + ".class";
      try (OutputStream file = Files.newOutputStream(directory.resolve("program.jar"));
          JarOutputStream jar = new JarOutputStream(file, manifest);
          InputStream code = WordChange.class.getResourceAsStream("/" + name)) {
        jar.putNextEntry(new JarEntry(name));
        code.transferTo(jar);
      }
      Files.writeString(directory.resolve("word"), "fixture");
    }

    @Override
    public void use(Path directory) throws IOException {
      run(directory, "fixture", "changed");
    }

    @Override
    public void verify(Path directory) throws IOException {
      run(directory, "changed", "changed");
    }

    private static void run(Path directory, String before, String after) throws IOException {
      Sandbox.run(
          ChildJvm.javaProgram(),
          "-Xshare:auto",
          "-XX:TieredStopAtLevel=1",
          "-jar",
          directory.resolve("program.jar").toString(),
          directory.toString(),
          before,
          after);
    }
  },

  /** A file system in an archive. */
  ZIP {
    @Override
    public void prepare(Path directory) throws IOException {
      try (JarOutputStream zip =
          new JarOutputStream(Files.newOutputStream(directory.resolve("file.zip")))) {
        zip.putNextEntry(new JarEntry("word"));
        zip.write("fixture".getBytes(UTF_8));
      }
    }

    @Override
    public void use(Path directory) throws IOException {
      change(directory, "fixture");
      verify(directory);
    }

    @Override
    public void verify(Path directory) throws IOException {
      change(directory, "changed");
    }

    private static void change(Path directory, String before) throws IOException {
      try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("file.zip"))) {
        assertEquals(before, Files.readString(zip.getPath("word")));
        Files.writeString(zip.getPath("word"), "changed");
      }
    }
  };

  private static void compile(Path directory, String word) throws IOException {
    Path source = directory.resolve("Word.java");
    Files.writeString(
        source, "public class Word { public String toString() { return \"" + word + "\"; } }");
    Path classes = Files.createDirectories(directory.resolve("classes"));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                "-proc:none",
                "-d",
                classes.toString(),
                source.toString());
    assertEquals(0, status, "javac");
  }

  private static String load(Path directory) throws IOException, ReflectiveOperationException {
    URL[] place = {directory.resolve("classes").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(place, null)) {
      return loader.loadClass("Word").getConstructor().newInstance().toString();
    }
  }
}
