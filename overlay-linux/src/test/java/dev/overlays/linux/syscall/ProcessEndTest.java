package dev.overlays.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Holder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessEndTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void aProcessThatRunsHasNotEndedAndOneThatIsKilledHas() throws IOException {
    Holder holder = Holder.running("true", Path.of("/"));
    try (ProcessEnd end = ProcessEnd.of(holder.pid())) {
      assertFalse(end.awaitEnd(Duration.ZERO));
      holder.close();
      assertTrue(end.awaitEnd(LONG));
    }
  }

  /** It has let go of everything, though its parent has not asked for it yet. */
  @Test
  void oneThatNobodyHasAskedForHasEnded() throws IOException {
    Process parent =
        new ProcessBuilder(
                "perl", "-e", "$| = 1; my $child = fork || exit; print \"$child\\n\"; <STDIN>")
            .start();
    try (BufferedReader answers = parent.inputReader()) {
      long child = Long.parseLong(answers.readLine());
      try (ProcessEnd end = ProcessEnd.of(child)) {
        assertTrue(end.awaitEnd(LONG));
      }
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void oneThatIsNotThereHasEndedOrIsNotFound() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    assertEquals(0, process.waitFor());
    try (ProcessEnd end = ProcessEnd.of(process.pid())) {
      assertTrue(end.awaitEnd(Duration.ZERO));
    } catch (SyscallException e) {
      assertEquals(Syscall.PIDFD_OPEN, e.call());
    }
  }
}
