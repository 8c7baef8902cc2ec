package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The service and the timer of a maintenance. */
class SystemdTimerTest {
  private static final Path INSTANCES = Path.of("/srv/in stances");

  @Test
  void aWordIsQuotedAsSystemdReadsIt() {
    assertEquals("/usr/bin/java", SystemdTimer.quoteWord("/usr/bin/java"));
    assertEquals("--wait=30s", SystemdTimer.quoteWord("--wait=30s"));
    assertEquals("\"a b\"", SystemdTimer.quoteWord("a b"));
    assertEquals("\"\"", SystemdTimer.quoteWord(""));
    assertEquals("\";\"", SystemdTimer.quoteWord(";"));
    assertEquals("\"%%h $$HOME\"", SystemdTimer.quoteWord("%h $HOME"));
    assertEquals("\"\\\"\\\\\\x0a\"", SystemdTimer.quoteWord("\"\\\n"));
    assertEquals("\"\u00c3\u00a9\"", SystemdTimer.quoteWord("\u00e9"));
  }

  @Test
  void theUnitsAreNamedAfterTheInstancesAndWrittenOnce() throws IOException {
    SystemdTimer timer = SystemdTimer.of(INSTANCES, List.of("/bin/true", "50%"), "daily");
    assertEquals("overlays-maintain-srv-in\\x20stances.timer", timer.timerName());
    try (Sandbox sandbox = BootPrograms.createSandbox()) {
      timer.write(sandbox.root());
      SystemdTimer.of(INSTANCES, List.of("/bin/true", "50%"), "weekly").write(sandbox.root());
      String service = Files.readString(sandbox.path(timer.serviceName()));
      assertTrue(service.contains("\nExecStart=/bin/true \"50%%\"\n"), service);
      String text = Files.readString(sandbox.path(timer.timerName()));
      assertTrue(text.contains("\nOnCalendar=weekly\n"), text);
    }
  }

  @Test
  void aUnitOfSomebodyElseIsNotReplaced() throws IOException {
    SystemdTimer timer = SystemdTimer.of(INSTANCES, List.of("/bin/true"), "daily");
    try (Sandbox sandbox = BootPrograms.createSandbox()) {
      // A masked unit is a link.
      Files.createSymbolicLink(sandbox.path(timer.timerName()), Path.of("/dev/null"));
      OverlayException e = assertThrows(OverlayException.class, () -> timer.write(sandbox.root()));
      assertTrue(e.has(ProblemCode.BOOT_ENTRY_FOREIGN));
      assertEquals(1, sandbox.listEntries().keySet().stream().filter(n -> !n.isEmpty()).count());
    }
  }

  @Test
  void whatNoUnitCanSayIsRefused() {
    List<String> command = List.of("/bin/true");
    assertThrows(
        IllegalArgumentException.class, () -> SystemdTimer.of(INSTANCES, command, "daily\nx=y"));
    assertThrows(
        IllegalArgumentException.class, () -> SystemdTimer.of(INSTANCES, List.of(), "daily"));
    assertThrows(
        IllegalArgumentException.class, () -> SystemdTimer.of(Path.of("/"), command, "daily"));
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () -> SystemdTimer.of(Path.of("/" + "n".repeat(240)), command, "daily"));
    assertTrue(e.has(ProblemCode.BOOT_ENTRY_TOO_LONG));
  }
}
