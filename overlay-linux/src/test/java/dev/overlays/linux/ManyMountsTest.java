package dev.overlays.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many threads mount over one lower at once, without mixing up views or leaking descriptors. */
class ManyMountsTest {
  private static final int THREADS = 64;
  private static final int MOUNTS = 1000;

  @Test
  void aThousandMountsByManyThreadsLeakNothing() throws Exception {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      sandbox.createFile("lower/shared", "shared");
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        // A first round, so that the JVM has opened its own files.
        runAll(threads, sandbox, 0, THREADS);
        List<String> descriptors = Sandbox.openDescriptors();
        String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
        runAll(threads, sandbox, THREADS, THREADS + MOUNTS);
        assertEquals(descriptors, Sandbox.openDescriptors());
        assertEquals(mounts, Files.readString(Path.of("/proc/self/mountinfo")));
      } finally {
        threads.shutdown();
      }
      for (int i = 0; i < THREADS + MOUNTS; i++) {
        Path upper = sandbox.path("instances/" + i + "/upper");
        assertEquals(List.of(Integer.toString(i)), listNames(upper));
        assertEquals("written by " + i, Files.readString(upper.resolve(Integer.toString(i))));
        assertEquals(List.of(), listNames(sandbox.path("instances/" + i + "/mnts")));
      }
      assertEquals(List.of("shared"), listNames(sandbox.path("lower")));
    }
  }

  private static void runAll(ExecutorService threads, Sandbox sandbox, int from, int to)
      throws IOException, InterruptedException, ExecutionException {
    sandbox.createDirectory("instances");
    List<Callable<Void>> tasks =
        IntStream.range(from, to)
            .mapToObj(i -> (Callable<Void>) () -> mountAndWrite(sandbox, i))
            .toList();
    for (Future<Void> done : threads.invokeAll(tasks)) {
      done.get();
    }
  }

  private static Void mountAndWrite(Sandbox sandbox, int number) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .instance(sandbox.path("instances/" + number))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("shared", Files.readString(mount.root().resolve("shared")));
      Files.writeString(mount.root().resolve(Integer.toString(number)), "written by " + number);
      assertEquals(List.of(Integer.toString(number), "shared"), listNames(mount.root()));
    }
    return null;
  }

  private static List<String> listNames(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
