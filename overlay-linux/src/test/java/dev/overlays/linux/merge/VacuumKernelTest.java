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
import dev.overlays.UnmountOptions;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.VacuumReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The diff and the vacuum of uppers that the kernel has written. */
class VacuumKernelTest {
  /** A process that searches for live views may hold one for a moment. */
  private static final UnmountOptions PATIENT = UnmountOptions.waitingUpTo(Duration.ofSeconds(10));

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private Path place(String fileSystem) throws IOException {
    return fileSystem.equals("tmpfs")
        ? sandbox.mountTmpfs("place")
        : sandbox.mountImage("place", fileSystem, 320);
  }

  private static OverlaySpec spec(Path lower, Path instances, String name) {
    return OverlaySpec.builder().lower(lower).instance(instances.resolve(name)).build();
  }

  private static void work(OverlaySpec spec, String script) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      Sandbox.run("sh", "-ec", "cd \"$1\"\n" + script, "sh", mount.root().toString());
      mount.close(PATIENT);
    }
  }

  private static List<String> view(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      List<String> manifest = new DirectoryContent(mount.root()).manifest();
      mount.close(PATIENT);
      return manifest;
    }
  }

  private static SortedSet<String> upper(OverlaySpec spec) throws IOException {
    SortedSet<String> names =
        new TreeSet<>(new DirectoryContent(spec.upper().orElseThrow()).entryNames());
    names.remove("");
    return names;
  }

  private static List<String> changes(OverlayDiff diff) throws IOException {
    List<String> told = new ArrayList<>();
    diff.forEach(change -> told.add(text(change)));
    told.sort(null);
    return told;
  }

  private static String text(Change change) {
    return change.path() + " " + change.kind() + change.from().map(f -> " " + f).orElse("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void whatInstancesHaveDownloadedIsKeptOnce(String fileSystem) throws IOException {
    Path place = place(fileSystem);
    Path lower = sandbox.createDirectory("place/lower");
    Sandbox.run("sh", "-ec", "cd \"$1\"; mkdir cache; echo old > cache/old", "sh", lower + "");
    String download =
        """
        mkdir cache/new
        for f in cache/new/a cache/new/b cache/c; do yes $f | head -c 1000000 > $f; done
        touch -d '2020-01-01 12:00:00.123456789' cache/new/* cache/c
        """;
    OverlaySpec first = spec(lower, place, "first");
    OverlaySpec second = spec(lower, place, "second");
    OverlaySpec third = spec(lower, place, "third");
    for (OverlaySpec spec : List.of(first, second, third)) {
      work(spec, download);
    }
    work(third, "echo own > cache/own; chmod 600 cache/c; rm cache/old");
    OverlayMerge.of(first).run();

    List<String> before = view(second);
    VacuumReport report = OverlayVacuum.of(second).run();
    assertEquals(3, report.filesRemoved());
    assertTrue(report.bytesFreed() >= 3_000_000, report::toString);
    assertEquals(before, view(second));
    OverlayVacuum.of(second).ignoreAttributes().run();
    assertEquals(new TreeSet<>(), upper(second));

    before = view(third);
    OverlayVacuum.of(third).run();
    assertEquals(before, view(third));
    OverlayVacuum.of(third).ignoreAttributes().run();
    assertEquals(new TreeSet<>(List.of("cache d", "cache/old c", "cache/own f")), upper(third));
    assertEquals(
        List.of("cache/old DELETED", "cache/own ADDED"),
        changes(OverlayDiff.of(third).compareContent()).stream()
            .filter(line -> !line.endsWith(" METADATA"))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void vacuumKeepsRenamedAndMetadataOnlyEntries(String fileSystem) throws IOException {
    Path place = place(fileSystem);
    Path lower = sandbox.createDirectory("place/lower");
    String fill =
        "cd \"$1\"; mkdir -p old/sub d; for f in old/a old/sub/b d/c d/e; do echo $f > $f; done";
    Sandbox.run("sh", "-ec", fill, "sh", lower.toString());
    OverlaySpec spec =
        spec(lower, place, "instance").toBuilder()
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
            .build();
    work(
        spec,
        """
        mv old new
        mv new/sub d/moved
        chmod 600 new/a d/c
        chmod 600 d/e
        chmod 644 d/e
        echo more >> d/moved/b
        """);
    assertEquals(
        List.of(
            "d/c METADATA",
            "d/moved RENAMED old/sub",
            "d/moved/b MODIFIED",
            "new RENAMED old",
            "new/a METADATA",
            "new/sub DELETED",
            "old DELETED"),
        changes(OverlayDiff.of(spec).compareContent()));
    List<String> before = view(spec);
    VacuumReport report = OverlayVacuum.of(spec).run();
    assertEquals(1, report.filesRemoved(), "the metacopy that is as it was");
    assertEquals(before, view(spec));
    // Back to what the lower has, by other hands than the kernel's.
    work(spec, "cp -p new/a copy; mv copy new/a; chmod 644 new/a; touch -r d/c new/a");
    OverlayVacuum.of(spec).ignoreAttributes().run();
    assertEquals(
        new TreeSet<>(List.of("d d", "d/moved d", "d/moved/b f", "new d", "new/sub c", "old c")),
        upper(spec));
    assertEquals(
        List.of(
            "d/moved RENAMED old/sub",
            "d/moved/b MODIFIED",
            "new RENAMED old",
            "new/sub DELETED",
            "old DELETED"),
        changes(OverlayDiff.of(spec)));
  }

  /** A view shows the immutable flag of every erofs entry, but allows changes. */
  private static List<String> withoutFlags(List<String> manifest) {
    return manifest.stream().map(line -> line.replace(" flags=i ", " ")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void vacuumWorksOverAReadOnlyImage(String fileSystem) throws IOException {
    Path plain = sandbox.createDirectory("plain");
    Sandbox.run(
        "sh", "-ec", "cd \"$1\"; mkdir d; echo a > d/a; touch -d @9 d/a d", "sh", plain + "");
    Path image = sandbox.mountPacked("image", fileSystem, plain);
    OverlaySpec spec = spec(image, sandbox.mountTmpfs("place"), "instance");
    // An image may have times of its own.
    String rewrite =
        "echo b > d/a; echo a > d/a; touch -r LOWER/d/a d/a; echo b > d/b; rm d/b; touch -r LOWER/d"
            + " d";
    work(spec, rewrite.replace("LOWER", image.toString()));
    assertEquals(List.of(), changes(OverlayDiff.of(spec).compareContent()));
    List<String> before = withoutFlags(view(spec));
    VacuumReport report = OverlayVacuum.of(spec).run();
    assertEquals(before, withoutFlags(view(spec)));
    assertEquals(1, report.filesRemoved());
    assertEquals(new TreeSet<>(), upper(spec));
  }

  @Test
  void vacuumLeavesProtectedLowerEntries() throws IOException {
    Path place = place("ext4");
    Path file = sandbox.createFile("place/lower/file", "same");
    OverlaySpec spec = spec(file.getParent(), place, "instance");
    work(spec, "printf other > file; printf same > file; touch -r " + file + " file");
    Sandbox.run("chattr", "+i", file.toString());
    assertEquals(0, OverlayVacuum.of(spec).run().filesRemoved());
    assertEquals(List.of("file METADATA"), changes(OverlayDiff.of(spec).compareContent()));
    Sandbox.run("chattr", "-i", file.toString());
    assertEquals(1, OverlayVacuum.of(spec).run().filesRemoved());
  }

  @Test
  void vacuumIsRefusedWhileTheViewIsMounted() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      OverlayException e = assertThrows(OverlayException.class, () -> OverlayVacuum.of(spec).run());
      assertTrue(e.has(ProblemCode.LAYER_IN_USE), e::getMessage);
      assertEquals(0, OverlayVacuum.of(mount.spec()).dryRun().filesRemoved());
    }
    OverlayVacuum.of(spec).run();
  }
}
