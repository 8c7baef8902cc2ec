package dev.overlays.linux.rootless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.user.AsUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever it was doing: a JVM that is killed leaves no process, no mount and no upper. Twenty
 * times by {@code -Doverlays.kills=20}.
 */
@Tag("long")
class RootlessKillTest {
  private static final int KILLS = Integer.getInteger("overlays.kills", 5);
  private static final String MARK = "OVERLAYS_KILL_TEST";

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = AsUser.sandbox();
  }

  @Test
  void leavesNothingAtTwentyRandomMoments() throws Exception {
    long first = Long.getLong("overlays.seed", System.nanoTime());
    for (long seed = first; seed < first + KILLS; seed++) {
      try {
        kill(seed);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("-Doverlays.kills=1 -Doverlays.seed=" + seed, e);
      }
    }
  }

  private void kill(long seed) throws Exception {
    Random random = new Random(seed);
    Path place = AsUser.own(sandbox.directory("place" + seed));
    String mark = UUID.randomUUID().toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            AsUser.java(
                place, Map.of(), RootlessLoop.class, place.toString(), Long.toString(seed)));
    builder.environment().put(MARK, mark);
    Process jvm = builder.redirectErrorStream(true).start();
    List<String> said = new ArrayList<>();
    try (BufferedReader lines = jvm.inputReader(UTF_8)) {
      for (int steps = random.nextInt(40); said.size() <= steps; said.add(lines.readLine())) {
        assertTrue(jvm.isAlive(), () -> "the JVM has failed: " + said);
      }
      // In the middle of a step, rather than between two.
      long moment = System.nanoTime() + random.nextInt(20_000_000);
      while (System.nanoTime() < moment) {
        Thread.onSpinWait();
      }
      jvm.destroyForcibly().waitFor();
    }
    for (List<ProcessHandle> left = left(mark); !left.isEmpty(); left = left(mark)) {
      for (ProcessHandle process : left) {
        process.onExit().get(1, TimeUnit.MINUTES);
      }
    }
    assertEquals(137, jvm.exitValue(), said::toString);
    assertNotInUse(place);
    try (Stream<Path> uppers = Files.list(RootlessLoop.discarded(place))) {
      assertEquals(List.of(), uppers.toList(), "what was to be thrown away");
    }
  }

  /** The processes that have the environment of that JVM. */
  private static List<ProcessHandle> left(String mark) throws IOException {
    List<ProcessHandle> left = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        try {
          if (new String(Files.readAllBytes(process.resolve("environ")), UTF_8).contains(mark)) {
            ProcessHandle.of(Long.parseLong(process.getFileName().toString())).ifPresent(left::add);
          }
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return left;
  }

  /**
   * The kernel knows of every mount, wherever it is; and takes one down some time after the last
   * process of its namespace has ended.
   */
  private static void assertNotInUse(Path place) throws IOException {
    try (DirectoryStream<Path> instances = Files.newDirectoryStream(place, "instance*")) {
      for (Path instance : instances) {
        Path upper = instance.resolve("upper");
        if (Files.exists(upper)) {
          try (Descriptor directory =
              Descriptor.open(upper, OpenFlags.RDONLY | OpenFlags.DIRECTORY)) {
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (InUseProbe.inUse(directory)) {
              assertTrue(System.nanoTime() < end, () -> upper + " is still mounted");
              Thread.onSpinWait();
            }
          }
        }
      }
    }
  }
}
