package dev.overlays.linux.rootless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.linux.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that are started by {@code OverlayMount.command} in every kind of view. */
class RootlessCommands extends RootlessTestBase {
  private Map<String, OverlaySpec.Builder> kinds() throws IOException {
    sandbox.createFile("lower/file", "content");
    return Map.of(
        "with a mount point",
        newLayers(),
        "ephemeral, with a mount point",
        ephemeralSpec().mountPoint(sandbox.createDirectory("other")),
        "without a mount point",
        withoutMountPoint()
            .upper(sandbox.createDirectory("upper of another"))
            .work(sandbox.createDirectory("work of another")),
        "ephemeral",
        withoutMountPoint().ephemeral());
  }

  private OverlaySpec.Builder withoutMountPoint() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.createDirectory("lower"))
        .options(options -> options.withUserXattr(true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git init -q . && git status --short",
        "python3 -c 'import os; assert os.path.samefile(os.getcwd(), \".\")'",
        "node -e 'require(\"fs\").readFileSync(process.cwd() + \"/file\")'",
        "mvn -v",
        "perl -MCwd -e 'die unless getcwd()'",
        "test \"$(cat \"$(pwd -P)/file\")\" = content"
      })
  void runInEveryKindOfView(String script) throws IOException {
    String program = script.split(" ", 2)[0];
    assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v " + program).start().onExit().join().exitValue()
            == 0,
        program + " is not installed");
    for (OverlaySpec.Builder spec : kinds().values()) {
      try (OverlayMount mount = mountByName(spec)) {
        runForOutput(mount.command("sh", "-ec", script));
      }
    }
  }

  @Test
  void aJavaProgramReadsItsDirectory() throws IOException {
    sandbox.createFile(
        "lower/Hello.java",
        "public class Hello { public static void main(String[] a) throws Exception {"
            + " System.out.print(java.nio.file.Files.readString(java.nio.file.Path.of(\"file\")"
            + ".toRealPath())); } }");
    for (OverlaySpec.Builder spec : kinds().values()) {
      try (OverlayMount mount = mountByName(spec)) {
        assertEquals("content", runForOutput(mount.command(ChildJvm.javaProgram(), "Hello.java")));
      }
    }
  }

  @Test
  void programsSeeTranslatedPaths() throws IOException {
    for (OverlaySpec.Builder spec : kinds().values()) {
      try (OverlayMount mount = mountByName(spec);
          OverlayMount other = mountByName(withoutMountPoint().ephemeral())) {
        Path file = mount.root().resolve("file");
        assertEquals(
            "content", runForOutput(mount.command("cat", mount.pathInside(file).toString())));
        assertEquals(
            mount.pathInside(mount.root()) + "\n", runForOutput(mount.command("pwd", "-P")));
        Path elsewhere = sandbox.path("lower/file");
        assertEquals(elsewhere, mount.pathInside(elsewhere));
        Files.writeString(other.root().resolve("file"), "of the other");
        String inside = other.pathInside(other.root().resolve("file")).toString();
        assertEquals("of the other", runForOutput(mount.command("cat", inside)));
      }
    }
  }

  /** A program that was started earlier sees views that came later, at their mount points. */
  @Test
  void programsSeeViewsThatAreMountedLater() throws IOException {
    sandbox.createFile("lower/file", "content");
    try (OverlayMount first = mountByName(withoutMountPoint().ephemeral())) {
      Process program = first.command("sh", "-c", "read go; cat \"$0\"/file", place()).start();
      try (OverlayMount second = mountByName(newLayers())) {
        Files.writeString(second.root().resolve("file"), "of the second");
        OutputStream go = program.getOutputStream();
        go.write('\n');
        go.close();
        String said = new String(program.getInputStream().readAllBytes(), UTF_8);
        assertEquals("of the second", said);
        program.onExit().join();
      }
    }
  }

  private String place() throws IOException {
    return sandbox.createDirectory("mnts").toString();
  }

  @Test
  void programsKeepTheViewMounted() throws IOException {
    for (OverlaySpec.Builder spec : kinds().values()) {
      try (OverlayMount mount = mountByName(spec)) {
        Process process = mount.command("sh", "-c", "echo ready; exec cat").start();
        assertEquals('r', process.getInputStream().read());
        OverlayException e = assertThrows(OverlayException.class, mount::close);
        String told = e.getMessage();
        assertTrue(told.contains("Process " + process.pid() + " (cat)"), told);
        assertTrue(mount.isMounted());
        Files.writeString(mount.root().resolve("written"), "after the refusal");
        process.destroy();
        process.onExit().join();
        // And an open file of this process keeps it, too, and everything stays where it was.
        try (OutputStream open = Files.newOutputStream(mount.root().resolve("file"))) {
          assertThrows(OverlayException.class, mount::close);
          open.write('x');
        }
        assertEquals("x", runForOutput(mount.command("cat", "file")));
      }
    }
  }

  @Test
  void programsCannotWriteToAReadOnlyView() throws IOException {
    for (OverlaySpec.Builder spec : kinds().values()) {
      try (OverlayMount mount = mountByName(spec)) {
        runForOutput(mount.command("touch", "new"));
        mount.remount(true);
        runForOutput(mount.command("sh", "-c", "! touch newer"));
        mount.remount(false);
        runForOutput(mount.command("touch", "newest"));
      }
    }
  }

  @Test
  void programsSeeAnUnbindableView() throws IOException {
    sandbox.createFile("lower/file", "content");
    for (OverlaySpec.Builder spec : List.of(newLayers(), withoutMountPoint().ephemeral())) {
      try (OverlayMount mount = mountByName(spec.propagation(Propagation.UNBINDABLE))) {
        assertEquals("content", runForOutput(mount.command("cat", "file")));
        String table =
            Files.readString(Path.of(mount.root().toString().split("/root/", 2)[0], "mountinfo"));
        assertEquals(2, table.split(" unbindable ", -1).length - 1, table);
      }
    }
  }

  @Test
  void programsAreRefusedInAnUnmountedView() throws IOException {
    OverlayMount mount = mountByName(withoutMountPoint().ephemeral());
    mount.close();
    Throwable refused = assertThrows(UncheckedIOException.class, () -> mount.command("true"));
    assertTrue(refused.getMessage().contains("not mounted any more"), refused::toString);
    OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
    assertTrue(e.has(ProblemCode.REMOUNT_REFUSED), e::toString);
  }
}
