package dev.overlays.linux.junit;

import dev.overlays.linux.Sandbox;
import dev.overlays.testkit.junit.Fixture;
import dev.overlays.testkit.junit.FixtureCheck;
import dev.overlays.testkit.junit.View;
import dev.overlays.testkit.junit.WithOverlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Measures the cost of a view of a big directory in a test, compared with copying the directory.
 * Run it as root with {@code -Djava.io.tmpdir} on the disk to measure.
 */
public final class ViewAgainstCopy {
  private static final int DIRECTORIES = 100;
  private static final int FILES = 100;
  private static final int SIZE = 100_000;
  private static final int COPIES = 5;
  private static Path fixture;

  private ViewAgainstCopy() {}

  /** A test that does almost nothing, so that its time is the cost of the view. */
  @WithOverlay(check = FixtureCheck.OFF, backend = "kernel")
  static class AlmostEmptyCase {
    @Fixture
    static Path fixture() {
      return fixture;
    }

    @RepeatedTest(500)
    void write(@View Path view) throws IOException {
      Files.writeString(view.resolve("d1/f1"), "changed");
    }
  }

  /**
   * Prints the medians.
   *
   * @param args none
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("view-against-copy");
    fixture = Files.createDirectory(directory.resolve("fixture"));
    fillFixture(fixture);
    Path copy = directory.resolve("copy");
    List<Double> views = measureViews();
    List<Double> shell = new ArrayList<>();
    List<Double> java = new ArrayList<>();
    for (int i = 0; i < COPIES; i++) {
      shell.add(measureMillis(() -> Sandbox.run("cp", "-a", fixture.toString(), copy.toString())));
      Sandbox.run("rm", "-rf", copy.toString());
      java.add(measureMillis(() -> copyTree(fixture, copy)));
      Sandbox.run("rm", "-rf", copy.toString());
    }
    System.out.printf(
        "%d files, %d MB: a view %.2f ms (from mount to discard, in a JUnit test); cp -a %.0f ms;"
            + " Files.copy %.0f ms%n",
        DIRECTORIES * FILES,
        (long) DIRECTORIES * FILES * SIZE / 1_000_000,
        median(views),
        median(shell),
        median(java));
    Sandbox.run("rm", "-rf", directory.toString());
  }

  private static void fillFixture(Path root) throws IOException {
    Random random = new Random(1);
    byte[] content = new byte[SIZE];
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = Files.createDirectory(root.resolve("d" + i));
      for (int j = 0; j < FILES; j++) {
        random.nextBytes(content);
        Files.write(directory.resolve("f" + j), content);
      }
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> entries = Files.walk(from)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Files.copy(entry, to.resolve(from.relativize(entry)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** An operation to measure. */
  @FunctionalInterface
  private interface MeasuredStep {
    void run() throws IOException;
  }

  private static double measureMillis(MeasuredStep step) throws IOException {
    long start = System.nanoTime();
    step.run();
    return (System.nanoTime() - start) / 1e6;
  }

  /** How long each test took, its extensions included. */
  private static List<Double> measureViews() {
    Map<TestIdentifier, Long> started = new ConcurrentHashMap<>();
    List<Double> millis = new ArrayList<>();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(AlmostEmptyCase.class))
                .build(),
            new TestExecutionListener() {
              @Override
              public void executionStarted(TestIdentifier test) {
                started.put(test, System.nanoTime());
              }

              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(Throwable::printStackTrace);
                if (test.isTest()) {
                  millis.add((System.nanoTime() - started.get(test)) / 1e6);
                }
              }
            });
    return millis;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
