package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two processes never have the same upper at once, although the kernel does not refuse that without
 * an index.
 */
class UpperRaceTest {
  private static final int ROUNDS = 100;

  private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    for (String name : List.of("lower", "upper", "work", "mnts0", "mnts1")) {
      sandbox.createDirectory(name);
    }
  }

  @AfterEach
  void closeSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  /** Executes one command per line, for a test in another JVM. */
  static final class RacingJvm {
    private RacingJvm() {}

    public static void main(String[] args) throws IOException {
      Path root = Path.of(args[0]);
      OverlaySpec alone =
          OverlaySpec.builder()
              .lower(root.resolve("lower"))
              .upper(root.resolve("upper"))
              .work(root.resolve("work"))
              .build();
      OverlaySpec unattached = alone.toBuilder().unattached().build();
      OverlaySpec attached = alone.toBuilder().mountPoint(root.resolve(args[1])).build();
      Closeable held = () -> {};
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        try {
          if (line.equals("close")) {
            held.close();
          } else {
            held =
                switch (line) {
                  case "claim" -> LayerStore.of(alone.upper().orElseThrow()).claim(alone);
                  case "alone" -> mounted(alone);
                  case "unattached" -> mounted(unattached);
                  default -> mounted(attached);
                };
          }
          System.out.println("yes");
        } catch (OverlayException e) {
          System.out.println("no " + e.problems().get(0).code());
        }
        System.out.println("end");
      }
    }

    private static Closeable mounted(OverlaySpec spec) throws OverlayException {
      OverlayMount mount = Overlays.mount(spec, "kernel");
      return mount::close;
    }
  }

  private ChildJvm racer(int number) throws IOException {
    return ChildJvm.startAsThisUser(RacingJvm.class, sandbox.root().toString(), "mnts" + number);
  }

  @Test
  void exactlyOneProcessGetsTheUpper() throws IOException, InterruptedException {
    try (ChildJvm one = racer(0);
        ChildJvm other = racer(1)) {
      for (int round = 0; round < ROUNDS; round++) {
        String how = round % 2 == 0 ? "attached" : "alone";
        one.sendLine(how);
        other.sendLine(round % 4 < 2 ? how : "attached");
        List<List<String>> answers = List.of(one.readAnswer(), other.readAnswer());
        List<Integer> winners = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          if (answers.get(i).equals(List.of("yes"))) {
            winners.add(i);
          } else {
            assertTrue(
                answers.get(i).get(0).matches("no (UPPER_IN_USE|LAYER_LOCKED|KERNEL_REFUSED)"),
                answers::toString);
          }
        }
        assertEquals(1, winners.size(), "round " + round + ": " + answers);
        (winners.get(0) == 0 ? one : other).ask("close");
      }
    }
  }

  /**
   * The kernel drops locks and unattached mounts with the process, so nothing stale is reported.
   */
  @ParameterizedTest
  @ValueSource(strings = {"unattached", "claim"})
  void upperOfAKilledProcessIsFree(String how) throws IOException {
    ChildJvm victim = racer(0);
    try (ChildJvm next = racer(1)) {
      assertEquals(List.of("yes"), victim.ask(how));
      assertTrue(next.ask("attached").get(0).startsWith("no "));
      victim.kill();
      assertEquals(List.of("yes"), next.ask("attached"));
      assertEquals(List.of("yes"), next.ask("close"));
    }
  }
}
