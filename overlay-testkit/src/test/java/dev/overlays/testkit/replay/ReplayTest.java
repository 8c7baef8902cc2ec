package dev.overlays.testkit.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests random operations and their form as Java. */
class ReplayTest {
  private static final ViewSnapshot BASE =
      ViewSnapshot.of(
          List.of(
              snapshotEntry(".", ShownFields.DIRECTORY),
              snapshotEntry("dir", ShownFields.DIRECTORY),
              snapshotEntry("dir/back\\slash \"quoted\"", ShownFields.FILE),
              snapshotEntry("dir/pipe", "10000")));

  private static ViewSnapshot.SnapshotEntry snapshotEntry(String path, String kind) {
    return new ViewSnapshot.SnapshotEntry(path, Map.of("kind", kind), null);
  }

  private static List<ReplayStep> randomSteps(long seed) {
    return RandomSteps.listOf(seed, BASE, 1000);
  }

  @Test
  void aSeedGivesTheSameOperations() {
    assertEquals(randomSteps(1), randomSteps(1));
    assertNotEquals(randomSteps(1), randomSteps(2));
  }

  @Test
  void everyOperationIsTried() {
    Set<String> all =
        Arrays.stream(ReplayStep.class.getPermittedSubclasses())
            .flatMap(subject -> Arrays.stream(subject.getPermittedSubclasses()))
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> tried =
        randomSteps(3).stream()
            .map(step -> step.getClass().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, tried);
  }

  /** The printed Java compiles and makes an equal replay. */
  @Test
  void theJavaOfAReplayIsTheReplay(@TempDir Path directory) throws Exception {
    Map<Class<?>, ReplayStep> oneOfEach = new LinkedHashMap<>();
    randomSteps(5).forEach(step -> oneOfEach.put(step.getClass(), step));
    Stream<ReplayStep> some =
        Stream.concat(oneOfEach.values().stream(), randomSteps(6).stream().limit(150));
    Replay replay = new Replay(5).without("lower0/\\x20\"", "upper").withSteps(some.toList());
    assertEquals(replay.toString(), compileAndCall(directory, replay.toString()).toString());
  }

  private static Object compileAndCall(Path directory, String java) throws Exception {
    Path source = directory.resolve("Pasted.java");
    Files.writeString(
        source,
        """
        import dev.overlays.testkit.replay.Replay;
        import java.nio.file.LinkOption;
        import java.nio.file.StandardCopyOption;
        import java.nio.file.StandardOpenOption;

        public class Pasted {
          public static Object replay() {
            return %s;
          }
        }
        """
            .formatted(java));
    compileSource(source);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, Replay.class.getClassLoader())) {
      return loader.loadClass("Pasted").getMethod("replay").invoke(null);
    }
  }

  private static void compileSource(Path source) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-classpath", System.getProperty("java.class.path")));
    arguments.add(source.toString());
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertEquals(0, status, "the compiler has told why");
  }
}
