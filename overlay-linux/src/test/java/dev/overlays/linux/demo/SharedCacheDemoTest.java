package dev.overlays.linux.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.merge.report.MergeProgress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SharedCacheDemoTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void demoRunsInMemoryWhereNothingCanBeMounted() throws IOException {
    assertTrue(SharedCacheDemo.runInMemory(DemoScreen.plain(out)));
    assertTrue(text().contains("3 mounted again"), text());
    assertTrue(text().contains("No byte of the lower has changed"), text());
    assertFalse(text().contains("THIS IS A BUG"), text());
  }

  @Test
  void aPipeGetsNeitherCarriageReturnsNorEscapeSequences() throws IOException {
    assertTrue(SharedCacheDemo.runInMemory(DemoScreen.plain(out)));
    assertFalse(text().contains("\r"), text());
    assertFalse(text().contains("\033"), text());
  }

  @Test
  void theHeadingOfAStepComesBeforeItsOutput() throws IOException {
    assertTrue(SharedCacheDemo.runInMemory(DemoScreen.plain(out)));
    int heading = text().indexOf("Unmount, merge the uppers into the lower, mount again");
    assertTrue(heading >= 0 && heading < text().indexOf("3 mounted again"), text());
  }

  @Test
  void sizesOfATreeEndInOneColumn() throws IOException {
    assertTrue(SharedCacheDemo.runInMemory(DemoScreen.plain(out)));
    List<String> files =
        text().lines().filter(line -> line.matches(" +e7c2918d44.* [0-9,]+ bytes")).toList();
    assertTrue(files.size() >= 7, text());
    assertEquals(
        1, files.stream().limit(7).map(String::length).collect(Collectors.toSet()).size(), text());
  }

  @Test
  void aTerminalCutsLinesAndDrawsTheBarOverItself() {
    DemoScreen screen = new DemoScreen(out, true, true, OptionalInt.of(45));
    screen.printCut("0".repeat(45) + "\n" + "0".repeat(46));
    assertEquals("0".repeat(45) + "\n" + "0".repeat(44) + "…\n", text());
    bytes.reset();
    ProgressBar bar = new ProgressBar(screen);
    bar.drawProgress(new MergeProgress(1, 2, 0, Duration.ofSeconds(1)));
    assertTrue(text().startsWith("\r    [###############---------------] "), text());
    assertEquals(46, text().length(), text());
    assertEquals("\033[1mstep\033[0m", screen.inBold("step"));
  }
}
