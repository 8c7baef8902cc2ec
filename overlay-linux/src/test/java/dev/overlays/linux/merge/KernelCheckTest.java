package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the check with layers that the kernel has written, and with what the kernel shows. */
class KernelCheckTest {
  @AutoClose private Sandbox sandbox;
  private OverlaySpec spec;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  /** A view that was worked in, with every format that the kernel has. */
  private void work(String fileSystem) throws IOException {
    Path disk =
        fileSystem.equals("tmpfs")
            ? sandbox.mountTmpfs("disk")
            : sandbox.mountImage("disk", fileSystem, 320);
    for (String file :
        List.of(
            "tree/a",
            "tree/b",
            "tree/deep/c",
            "tree/deep/d",
            "mode",
            "moved",
            "written",
            "linked",
            "gone/e",
            "kept",
            "also/f")) {
      sandbox.createFile("disk/lower/" + file, file);
    }
    for (String directory : List.of("upper", "work", "mnts")) {
      sandbox.createDirectory("disk/" + directory);
    }
    spec =
        OverlaySpec.builder()
            .lower(disk.resolve("lower"))
            .instance(disk)
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true).withIndex(false))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      Path view = mount.root();
      Files.move(view.resolve("tree"), view.resolve("renamed"));
      Files.move(view.resolve("renamed/deep"), view.resolve("out"));
      Files.delete(view.resolve("renamed/a"));
      Files.writeString(view.resolve("renamed/new"), "new");
      Files.createDirectory(view.resolve("renamed/fresh"));
      for (String file : List.of("mode", "moved", "written", "linked")) {
        Sandbox.run("chmod", "600", view.resolve(file).toString());
      }
      Files.move(view.resolve("moved"), view.resolve("out/moved"));
      Files.move(view.resolve("written"), view.resolve("again"));
      Files.writeString(view.resolve("again"), "its data is copied up now");
      Files.createLink(view.resolve("link"), view.resolve("linked"));
      Sandbox.run("rm", "-r", view.resolve("gone").toString());
      Files.createDirectory(view.resolve("gone"));
      Files.move(view.resolve("also/f"), view.resolve("gone/f"));
      assertEquals(List.of(), found(), "while it is mounted");
    }
  }

  private List<String> found() throws OverlayException {
    Path root = spec.upper().orElseThrow().getParent();
    return OverlayCheck.of(spec).run().stream()
        .map(p -> p.code() + " " + root.relativize(p.path().orElseThrow()))
        .toList();
  }

  private void remove(String... paths) throws IOException {
    for (String path : paths) {
      Sandbox.run("rm", "-r", spec.lowers().get(0).resolve(path).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs"})
  void whatTheKernelWritesIsRight(String fileSystem) throws IOException {
    work(fileSystem);
    assertEquals(List.of(), found());
    RepairReport report = OverlayCheck.of(spec).repair();
    assertEquals(List.of(), report.left());
    assertEquals(0, report.repaired().size());
  }

  @Test
  void whatIsMissingIsWhatTheKernelMisses() throws IOException {
    work("tmpfs");
    remove("tree", "mode", "moved");
    assertEquals(
        List.of(
            "METACOPY_DATA_MISSING upper/mode",
            "WHITEOUT_ORPHAN upper/moved",
            "REDIRECT_DANGLING upper/out",
            "METACOPY_DATA_MISSING upper/out/moved",
            "REDIRECT_DANGLING upper/renamed",
            "WHITEOUT_ORPHAN upper/renamed/a",
            "WHITEOUT_ORPHAN upper/renamed/deep",
            "WHITEOUT_ORPHAN upper/tree"),
        found());
    try (OverlayMount mount = Overlays.mount(spec)) {
      Path view = mount.root();
      assertThrows(IOException.class, () -> Files.readString(view.resolve("mode")));
      assertThrows(IOException.class, () -> Files.readString(view.resolve("out/moved")));
      assertEquals("linked", Files.readString(view.resolve("link")));
      assertEquals(
          new TreeSet<>(List.of("new f", "fresh d")),
          new DirectoryContent(view.resolve("renamed")).entryNames());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void theKernelShowsTheSameAfterEachStepOfARepair(String fileSystem) throws IOException {
    work(fileSystem);
    remove("tree");
    // What has the name of a renamed directory must not show in it when the redirect goes.
    sandbox.createFile("disk/lower/renamed/of another", "not to be seen");
    sandbox.createFile("disk/lower/out/of another", "not to be seen");
    sandbox.createFile("disk/work/overlays-trash/x", "left");
    List<String> shown = shown();
    List<String> steps = new ArrayList<>();
    FaultyLayerStore store = new FaultyLayerStore(new NativeLayerStore());
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            steps.add(operation + " " + path);
            assertEquals(withoutDirectoryTimes(shown), withoutDirectoryTimes(shown()), path);
          }
        });
    RepairReport report = OverlayCheck.of(spec).store(store).repair();
    store.assertAllClosed();
    assertEquals(List.of(), report.left());
    assertEquals(2, report.count(ProblemCode.REDIRECT_DANGLING), report::toString);
    assertEquals(3, report.count(ProblemCode.WHITEOUT_ORPHAN), report::toString);
    assertEquals(1, report.count(ProblemCode.STAGING_LEFTOVER), report::toString);
    assertTrue(steps.size() > 12, steps::toString);
    assertEquals(shown, shown());
    assertEquals(List.of(), found());
  }

  /** Both layers as lowers, so that the kernel writes nothing into the upper. */
  private List<String> shown() throws IOException {
    Path mount =
        sandbox.mountAt(
            "shown",
            "-t",
            "overlay",
            "overlay",
            "-o",
            "ro,redirect_dir=follow,metacopy=on,lowerdir="
                + spec.upper().orElseThrow()
                + ":"
                + spec.lowers().get(0));
    try {
      return new DirectoryContent(mount).manifest();
    } finally {
      sandbox.unmount(mount);
    }
  }

  private static List<String> withoutDirectoryTimes(List<String> manifest) {
    return manifest.stream()
        .map(line -> line.contains(" DIRECTORY ") ? line.replaceAll(" mtime=.*", "") : line)
        .toList();
  }

  /** What gives data only gives it to files of lowers. */
  @Test
  void dataLayersGiveDataToLowers() throws IOException {
    Path disk = sandbox.mountTmpfs("disk");
    sandbox.createFile("disk/data/blob", "12345");
    for (String layer : List.of("upper", "lower")) {
      Path file = sandbox.createFile("disk/" + layer + "/of " + layer, "-----");
      Sandbox.run("setfattr", "-n", "trusted.overlay.metacopy", file.toString());
      Sandbox.run("setfattr", "-n", "trusted.overlay.redirect", "-v", "/blob", file.toString());
    }
    sandbox.createDirectory("disk/work");
    sandbox.createDirectory("disk/mnts");
    spec =
        OverlaySpec.builder()
            .lower(disk.resolve("lower"))
            .dataLower(disk.resolve("data"))
            .instance(disk)
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true).withIndex(false))
            .build();
    assertEquals(List.of("METACOPY_DATA_MISSING upper/of upper"), found());
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("12345", Files.readString(mount.root().resolve("of lower")));
      Path file = mount.root().resolve("of upper");
      assertThrows(IOException.class, () -> Files.readString(file));
    }
  }

  @Test
  void aReadOnlyLowerIsLeft() throws IOException {
    Path tree = sandbox.createDirectory("image");
    sandbox.createFile("image/kept", "kept");
    Sandbox.run("mknod", tree.resolve("orphan").toString(), "c", "0", "0");
    Path lower = sandbox.mountPacked("lower", "squashfs", tree);
    Path upper = sandbox.createDirectory("upper");
    Sandbox.run("mknod", upper.resolve("orphan too").toString(), "c", "0", "0");
    spec =
        OverlaySpec.builder()
            .lower(lower)
            .upper(upper)
            .work(sandbox.createDirectory("work"))
            .build();
    assertEquals(
        List.of("WHITEOUT_ORPHAN lower/orphan", "WHITEOUT_ORPHAN upper/orphan too"), found());
    RepairReport report = OverlayCheck.of(spec).repair();
    assertEquals(1, report.count(ProblemCode.WHITEOUT_ORPHAN));
    assertEquals(1, report.left().size());
    assertTrue(report.left().get(0).message().contains("could not be repaired"));
    assertEquals(List.of("WHITEOUT_ORPHAN lower/orphan"), found());
  }
}
