package dev.overlays.linux.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.FuseOverlayfsBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uppers of fuse-overlayfs that was not started by this library. */
class PlainFuseTest {
  private static final String CHANGES =
      "rm gone; rm -r dir; mkdir dir; echo new >dir/new; mkdir -p fresh/inner; rm inner/deep/file";

  @AutoClose private Sandbox sandbox;
  private OverlaySpec spec;

  @BeforeEach
  void makeLayers() throws IOException {
    var reason = new FuseOverlayfsBackend().whyUnavailable();
    assumeTrue(reason.isEmpty(), () -> "no fuse-overlayfs here: " + reason.get());
    sandbox = OrdinaryUser.createSandbox();
    spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("t/lower"))
            .upper(sandbox.createDirectory("t/upper"))
            .work(sandbox.createDirectory("t/work"))
            .mountPoint(sandbox.createDirectory("t/mnts"))
            .build();
    sandbox.createFile("t/lower/gone", "gone");
    sandbox.createFile("t/lower/dir/old", "old");
    sandbox.createFile("t/lower/inner/deep/file", "file");
    sandbox.createFile("t/lower/inner/kept", "kept");
  }

  /** Mounts with the program, runs a script in the view, and returns what it shows then. */
  private String write(boolean ofUser, String script) throws IOException {
    List<String> command = new ArrayList<>();
    if (ofUser) {
      OrdinaryUser.giveToUser(sandbox.path("t"));
      Sandbox.run("chown", "-R", "--reference=" + sandbox.path("t"), sandbox.path("t").toString());
      command.addAll(OrdinaryUser.commandPrefix());
    }
    command.addAll(
        List.of(
            "sh",
            "-ec",
            "cd '"
                + sandbox.path("t")
                + "'; fuse-overlayfs -o lowerdir=lower,upperdir=upper,workdir=work mnts"
                + " 2>/dev/null; "
                + (ofUser ? "trap 'fusermount3 -u mnts' EXIT; " : "trap 'umount mnts' EXIT; ")
                + "(cd mnts; "
                + script
                + "); (cd mnts; find . -type f | sort | xargs -r grep -H ''; find . | sort)"));
    return Sandbox.run(command.toArray(new String[0]));
  }

  private static String shown(Path root) throws IOException {
    return Sandbox.run(
        "sh",
        "-ec",
        "cd '" + root + "'; find . -type f | sort | xargs -r grep -H ''; find . | sort");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void upperOfFuseIsRefusedAndShowsTheSameAfterItsRepair(boolean ofUser) throws IOException {
    String shown = write(ofUser, CHANGES);
    new EngineAnswers(spec).assertAllRefuse(ProblemCode.LAYER_OF_FUSE_OVERLAYFS);
    new EngineAnswers(spec).assertDiffRefuses(ProblemCode.LAYER_OF_FUSE_OVERLAYFS);
    var report = OverlayCheck.of(spec).repair();
    assertEquals(1, report.count(ProblemCode.LAYER_OF_FUSE_OVERLAYFS), report::toString);
    assertEquals(List.of(), report.left());
    assertEquals(List.of(), Overlays.check(spec));
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(shown, shown(mount.root()));
    }
    OverlayMerge.of(spec).run();
    assertEquals(shown, shown(spec.lowers().get(0)));
    assertEquals(".\n", shown(spec.upper().orElseThrow()));
  }

  /** The program lets users create directories with such names, and shows them until it ends. */
  @Test
  void directoryNamedLikeAMarkBelongsToTheUser() throws IOException {
    FuseOverlayfsBackend backend = new FuseOverlayfsBackend();
    try (OverlayMount mount = backend.mount(spec)) {
      Files.createDirectory(mount.root().resolve(".wh.mine"));
      Files.writeString(mount.root().resolve(".wh.mine/data"), "data");
      Files.createDirectory(mount.root().resolve("inner/.wh.kept"));
    }
    Path upper = spec.upper().orElseThrow();
    assertEquals("data", Files.readString(upper.resolve(".wh.mine/data")));
    assertTrue(Files.isDirectory(upper.resolve("inner/.wh.kept")));
    OverlayMerge.of(spec).run();
    Path lower = spec.lowers().get(0);
    assertEquals("data", Files.readString(lower.resolve(".wh.mine/data")));
    assertEquals("kept", Files.readString(lower.resolve("inner/kept")));
    assertFalse(Files.exists(lower.resolve(".wh.mine/.wh..wh..opq")));
  }
}
