package dev.overlays.linux.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlayVacuum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The spec of a found view names its directories, or reports those that are unknown. */
class FoundSpecTest {
  @AutoClose private Sandbox sandbox;
  private Path place;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    place = sandbox.mountDisk("disk");
    for (String directory : new String[] {"u", "w", "m", "part"}) {
      sandbox.createDirectory("disk/" + directory);
    }
    sandbox.createFile("disk/l/own/file", "content");
  }

  /** Mounts as a script does; the mount is undone by its mount point. */
  private OverlayMount mount(String script, String mountPoint) throws IOException {
    String inPlace = "cd '" + place + "'; " + script;
    Sandbox.run("sh", "-ec", inPlace);
    Path root = place.resolve(mountPoint);
    sandbox.closeLater(() -> Sandbox.run("umount", root.toString()));
    return Overlays.find(root).orElseThrow();
  }

  private static List<ProblemCode> codes(OverlayMount mount) {
    return mount.specProblems().stream().map(Problem::code).toList();
  }

  @Test
  void relativeLayersAreFound() throws IOException {
    OverlayMount mount = mount("mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m", "m");
    assertEquals(List.of(), codes(mount));
    assertEquals(List.of(place.resolve("l")), mount.spec().lowers());
    assertEquals(Optional.of(place.resolve("u")), mount.spec().upper());
    assertEquals(Optional.of(place.resolve("w")), mount.spec().work());
    Files.writeString(mount.root().resolve("new"), "content");
    try (Stream<?> changes = OverlayDiff.of(mount.spec()).changes()) {
      assertEquals(1, changes.count());
    }
  }

  @Test
  void aRenamedLayerIsTold() throws IOException {
    OverlayMount mount =
        mount("mount -t overlay o -o lowerdir=$PWD/l,upperdir=u,workdir=w m; mv l now", "m");
    assertEquals(List.of(ProblemCode.LAYER_NOT_FOUND), codes(mount));
    assertEquals(Optional.of(place.resolve("l")), mount.specProblems().get(0).path());
  }

  @Test
  void aLayerThatWasMadeAnewIsTold() throws IOException {
    KernelAbility.HANDLES_OF_VIEWS.assumePresent();
    OverlayMount mount =
        mount(
            "mount -t overlay o -o lowerdir=l,upperdir=$PWD/u,workdir=w m; mv u now; mkdir u", "m");
    assertEquals(List.of(ProblemCode.LAYER_NOT_FOUND), codes(mount));
  }

  /** This JVM has other directories by the same numbers. */
  @Test
  void layerGivenByDescriptorHasNoPath() throws IOException {
    OverlayMount mount =
        mount(
            "exec 8<l; mount -t overlay o -o lowerdir=/proc/self/fd/8,upperdir=u,workdir=w m", "m");
    assertEquals(List.of(ProblemCode.LAYER_PATH_UNKNOWN), codes(mount));
    assertTrue(mount.specProblems().get(0).toString().contains("/proc/self/fd/8"));
    assertFalse(Files.exists(mount.spec().lowers().get(0)));
    assertEquals(Optional.of(place.resolve("u")), mount.spec().upper());
  }

  @Test
  void aViewOverItsOwnLowerIsNotComparedWithIt() throws IOException {
    Path lower = place.resolve("l");
    OverlayMount mount =
        mount("mount -t overlay o -o lowerdir=$PWD/l,upperdir=$PWD/u,workdir=$PWD/w l", "l");
    Files.delete(lower.resolve("own/file"));
    assertEquals(List.of(ProblemCode.LAYER_HIDDEN), codes(mount));
    assertHidden(mount.spec(), lower);
  }

  @Test
  void aViewOverItsOwnUpperIsNotComparedWithIt() throws IOException {
    OverlayMount mount =
        mount("mount -t overlay o -o lowerdir=$PWD/l,upperdir=$PWD/u,workdir=$PWD/w u", "u");
    assertEquals(List.of(ProblemCode.LAYER_HIDDEN), codes(mount));
    assertHidden(mount.spec(), place.resolve("u"));
  }

  /** A lower that is itself a view is treated like any other lower. */
  @Test
  void aViewThatIsALowerOfAnotherIsNotHidden() throws IOException {
    mount("mkdir second; mount -t overlay o -o lowerdir=$PWD/l:$PWD/second l", "l");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(place.resolve("l"))
            .upper(place.resolve("u"))
            .work(place.resolve("w"))
            .build();
    assertEquals(List.of(), OverlayCheck.of(spec).run());
    OverlayDiff.of(spec).changes().close();
  }

  private static void assertHidden(OverlaySpec spec, Path hidden) {
    List<Executable> readers =
        List.of(
            () -> OverlayDiff.of(spec).changes().close(),
            () -> OverlayMerge.of(spec).dryRun(),
            () -> OverlayVacuum.of(spec).dryRun(),
            () -> OverlayCheck.of(spec).run());
    for (Executable reader : readers) {
      OverlayException e = assertThrows(OverlayException.class, reader);
      assertEquals(ProblemCode.LAYER_HIDDEN, e.problems().get(0).code(), e::getMessage);
      assertEquals(Optional.of(hidden), e.problems().get(0).path());
    }
  }

  @Test
  void aPartOfAViewIsNoView() throws IOException {
    mount("mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m", "m");
    Path part = place.resolve("part");
    Sandbox.run("mount", "--bind", place.resolve("m/own").toString(), part.toString());
    sandbox.closeLater(() -> Sandbox.run("umount", part.toString()));
    assertEquals(Optional.empty(), Overlays.find(part).map(OverlayMount::root));
  }
}
