package dev.overlays.linux.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uppers that were written with other options than the spec has. */
class OtherOptionsTest {
  private static final OverlayOptions RENAMING =
      OverlayOptions.defaults().withRedirectDir(RedirectDir.ON);

  @AutoClose private Sandbox sandbox;
  private OverlaySpec spec;

  @BeforeEach
  void makeLayers() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("disk/lower"))
            .upper(sandbox.createDirectory("disk/upper"))
            .work(sandbox.createDirectory("disk/work"))
            .mountPoint(sandbox.createDirectory("disk/mnts"))
            .build();
    sandbox.createFile("disk/lower/dir/file", "of the lower");
    sandbox.createFile("disk/lower/other", "other");
  }

  private OverlaySpec with(OverlayOptions options) {
    return spec.toBuilder().options(o -> options).build();
  }

  private void write(OverlayOptions options, String script) throws IOException {
    try (OverlayMount mount = Overlays.mount(with(options))) {
      Sandbox.run("sh", "-ec", "cd '" + mount.root() + "'; " + script);
    }
  }

  @Test
  void anUpperWithRenamedDirectoriesIsRefusedWithoutThem() throws IOException {
    write(RENAMING, "mv dir moved");
    new EngineAnswers(spec).assertAllRefuse(ProblemCode.LAYER_OF_OTHER_OPTIONS);
    new EngineAnswers(spec).assertDiffRefuses(ProblemCode.LAYER_OF_OTHER_OPTIONS);
    OverlayMerge.of(with(RENAMING)).run();
    Path lower = spec.lowers().get(0);
    assertEquals("of the lower", Files.readString(lower.resolve("moved/file")));
    assertFalse(Files.exists(lower.resolve("dir")));
  }

  @Test
  void anUpperWithMetadataOnlyIsRefusedWithoutIt() throws IOException {
    OverlayOptions options = RENAMING.withMetacopy(true);
    write(options, "chmod 600 other");
    new EngineAnswers(spec).assertAllRefuse(ProblemCode.LAYER_OF_OTHER_OPTIONS);
    new EngineAnswers(spec).assertDiffRefuses(ProblemCode.LAYER_OF_OTHER_OPTIONS);
    assertEquals(java.util.List.of(), Overlays.check(with(options)));
    OverlayMerge.of(with(options)).run();
    assertEquals("other", Files.readString(spec.lowers().get(0).resolve("other")));
  }

  @Test
  void marksOfTheOtherNamespaceAreRefused() throws IOException {
    OverlayOptions ofUser = OverlayOptions.defaults().withUserXattr(true);
    write(ofUser, "rm -r dir; mkdir dir; echo new >dir/new");
    new EngineAnswers(spec).assertAllRefuse(ProblemCode.LAYER_OF_OTHER_OPTIONS);
    new EngineAnswers(spec).assertDiffRefuses(ProblemCode.LAYER_OF_OTHER_OPTIONS);
    OverlayMerge.of(with(ofUser)).run();
    assertFalse(Files.exists(spec.lowers().get(0).resolve("dir/file")));
  }

  @Test
  void aRedirectThatTheKernelRefusesIsTold() throws IOException {
    sandbox.createFile("disk/upper/dir/new", "new");
    for (String value : new String[] {"..", "d/sub", "/", "/dir/"}) {
      Sandbox.run(
          "setfattr",
          "-n",
          "trusted.overlay.redirect",
          "-v",
          value,
          sandbox.path("disk/upper/dir").toString());
      new EngineAnswers(with(RENAMING)).assertAllRefuse(ProblemCode.MARK_REFUSED);
      new EngineAnswers(with(RENAMING)).assertDiffRefuses(ProblemCode.MARK_REFUSED);
    }
  }

  @Test
  void anUpperOfAVolatileMountIsRefused() throws IOException {
    sandbox.createFile("disk/upper/new", "new");
    sandbox.createDirectory("disk/work/work/incompat/volatile");
    new EngineAnswers(spec).assertAllRefuse(ProblemCode.VOLATILE_LEFTOVER);
    assertTrue(Files.isDirectory(sandbox.path("disk/work/work/incompat/volatile")));
  }
}
