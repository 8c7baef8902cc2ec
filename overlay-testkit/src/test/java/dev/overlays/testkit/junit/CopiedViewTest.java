package dev.overlays.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.tree.LayerTree;
import dev.overlays.testkit.tree.SnapshotDetail;
import dev.overlays.testkit.tree.TreeSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CopiedViewTest {
  private static final Logger LOG = Logger.getLogger("dev.overlays.testkit");

  /** Collects log lines. */
  private static final class LogLines extends Handler {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void withoutABackendEachViewIsACopyAndTheLogSaysSo(@TempDir Path lower) throws IOException {
    LayerTree.parse(
            """
            ./      0750 mtime=2026-01-02T03:04:05Z
            a/      0500 mtime=2026-01-02T03:04:05Z
              b     "b" 0600 mtime=2026-01-02T03:04:05Z
            link    -> nowhere
            """)
        .writeTo(lower);
    Set<SnapshotDetail> details = EnumSet.complementOf(EnumSet.of(SnapshotDetail.TIMES));
    TreeSnapshot before = TreeSnapshot.of(lower, details);
    LogLines lines = new LogLines();
    LOG.addHandler(lines);
    ViewMaker maker = new ViewMaker(lower, List::of);
    FreshView first = maker.newView(ViewRequest.DEFAULT);
    FreshView second = maker.newView(ViewRequest.DEFAULT);
    LOG.removeHandler(lines);
    Path root = first.overlayMount().root();
    assertEquals("copy", first.overlayMount().backend());
    before.assertSame(TreeSnapshot.of(root, details));
    assertEquals(Files.getLastModifiedTime(lower), Files.getLastModifiedTime(root));
    assertEquals(
        Files.getLastModifiedTime(lower.resolve("a")),
        Files.getLastModifiedTime(root.resolve("a")));
    Files.writeString(root.resolve("a/b"), "changed");
    before.assertSame(TreeSnapshot.of(second.overlayMount().root(), details));
    first.close();
    second.close();
    first.close();
    assertFalse(Files.exists(root.getParent()));
    assertFalse(second.overlayMount().isMounted());
    assertEquals(
        List.of(
            "WARNING each test gets a copy of "
                + lower
                + ". Any of these would avoid that:\n"
                + "  add the dependency dev.overlays:overlay-linux, as there is no backend on the"
                + " class path or module path"),
        lines.lines);
    assertTrue(Files.exists(lower.resolve("a/b")));
  }

  /** Opening the pipe would block forever, because there is no writer. */
  @Test
  @Timeout(60)
  void aPipeThatCannotBeCopiedIsNamedAndNotOpened(@TempDir Path lower) throws Exception {
    Path pipe = lower.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Files.writeString(lower.resolve("file"), "file");
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    List<Path> before = viewsIn(temporary);
    OverlayException failure =
        assertThrows(
            OverlayException.class,
            () -> new ViewMaker(lower, List::of).newView(ViewRequest.DEFAULT));
    assertEquals(ProblemCode.LAYER_STORE_MISSING, failure.problems().get(0).code());
    assertEquals(Optional.of(pipe), failure.problems().get(0).path());
    assertTrue(failure.getMessage().contains("a fifo, which cannot be copied"));
    assertEquals(before, viewsIn(temporary));
  }

  private static List<Path> viewsIn(Path temporary) throws IOException {
    try (Stream<Path> all = Files.list(temporary)) {
      return all.filter(path -> path.getFileName().toString().startsWith("overlays-view"))
          .sorted()
          .toList();
    }
  }
}
