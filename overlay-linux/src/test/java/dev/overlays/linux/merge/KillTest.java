package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.KillableJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.testkit.layer.LayerView;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A merge that is killed leaves the view unchanged, and another merge finishes it. */
@Tag("long")
class KillTest {
  /**
   * The system calls by which a merge changes layers; those without suffix are for older kernels.
   */
  private static final String CHANGES =
      "renameat,renameat2,unlinkat,mkdirat,chmod,fchmod,fchmodat,?fchmodat2,fchown,fchownat,"
          + "utimensat,setxattr,lsetxattr,fsetxattr,?setxattrat,removexattr,lremovexattr,"
          + "fremovexattr,?removexattrat";

  /**
   * A line of strace: thread, system call; not the second half of one that was interrupted, nor a
   * call that it has no name for ({@code syscall_0x1d2}) and cannot kill at.
   */
  private static final Pattern CALL = Pattern.compile("(\\d+) +(?!syscall_)(\\w+)\\(.*");

  @AutoClose private Sandbox sandbox;
  private Path layers;
  private KillCase work;
  private OverlaySpec prepared;
  private OverlaySpec spec;
  private List<String> view;
  private final List<String> wrongViews = new ArrayList<>();
  private final List<String> wrongResults = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private void make(KillCase toMerge) throws IOException {
    work = toMerge;
    Path tmpfs = sandbox.mountTmpfs("tmpfs");
    layers = tmpfs.resolve("layers");
    spec = work.spec(layers);
    prepared = work.spec(tmpfs.resolve("prepared"));
    Files.createDirectories(prepared.lowers().get(0));
    work.makeLayers(tmpfs.resolve("prepared"));
    if (work == KillCase.ACROSS) {
      sandbox.mountImage("tmpfs/layers/lower", "ext4", 64);
    }
    copy();
    view = view();
  }

  /** An index does not survive a copy of its layers, so layers with an index are made again. */
  private void copy() throws IOException {
    if (work == KillCase.INDEX) {
      Sandbox.run("rm", "-rf", layers.toString());
      Files.createDirectories(spec.lowers().get(0));
      work.makeLayers(layers);
      view = view();
      return;
    }
    copy(prepared.lowers().get(0), spec.lowers().get(0));
    copy(prepared.upper().orElseThrow().getParent(), spec.upper().orElseThrow().getParent());
  }

  private static void copy(Path from, Path to) throws IOException {
    Sandbox.run("rm", "-rf", to.toString());
    Files.createDirectories(to.getParent());
    Sandbox.run("cp", "-a", from.toString(), to.toString());
  }

  /** Until the last name of a copied file exists, the view shows two files. */
  private List<String> view() throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      LayerView shown = new DirectoryContent(mount.root()).layerView();
      return (work == KillCase.ACROSS || work == KillCase.INDEX ? shown.withoutHardLinks() : shown)
          .manifest();
    }
  }

  /** A merge in a JVM of its own. */
  private KillableJvm merge(int workers, int deadly, List<String> around) {
    return KillableJvm.of(
        around,
        sandbox.root(),
        KilledMerge.class,
        work.name(),
        layers.toString(),
        Integer.toString(workers),
        Integer.toString(deadly));
  }

  private void kill(String point, KillableJvm merge) throws IOException {
    copy();
    KillableJvm.JvmEnd end = merge.runToEnd(sandbox.path("output"));
    assertTrue(end.wasKilled(), () -> point + " was not deadly: " + end.output());
    if (!view.equals(view())) {
      wrongViews.add(point);
    }
    OverlayMerge.of(spec).run();
    DirectoryContent lower = new DirectoryContent(spec.lowers().get(0));
    LayerView inLower =
        work == KillCase.ACROSS || work == KillCase.INDEX
            ? lower.layerView().withoutHardLinks()
            : lower.layerView();
    if (!DirectoryContent.withoutPaths(view, work.privatePaths()).equals(inLower.manifest())
        || !lower.listMarks().isEmpty()) {
      wrongResults.add(point + ": the lower");
    }
    if (!new TreeSet<>(work.remainingNames())
        .equals(new DirectoryContent(spec.upper().orElseThrow()).entryNames())) {
      wrongResults.add(point + ": the upper");
    }
    if (!view.equals(view())) {
      wrongResults.add(point + ": the view after all");
    }
  }

  private static String runToOutput(KillableJvm merge) throws IOException {
    return Sandbox.run(merge.command().toArray(String[]::new));
  }

  private void assertNothingWrong(int points) {
    System.out.printf(
        "merge killed at %d points (%s): %d wrong views, %d wrong results after a re-run%n",
        points, work, wrongViews.size(), wrongResults.size());
    assertEquals(List.of(), wrongViews, "wrong views");
    assertEquals(List.of(), wrongResults, "wrong results after a re-run");
  }

  @ParameterizedTest
  @CsvSource({"PLAIN, 1, 6", "FORMATS, 2, 6", "ACROSS, 2, 5", "INDEX, 2, 5"})
  void mergeKilledBetweenEntriesIsContinued(KillCase toMerge, int workers, int points)
      throws IOException {
    make(toMerge);
    String[] lines = runToOutput(merge(workers, 0, List.of())).split("\n", -1);
    int entries = Integer.parseInt(lines[lines.length - 2]);
    assertTrue(entries > 60, () -> entries + " entries");
    for (int i = 1; i <= points; i++) {
      int deadly = i * entries / (points + 1);
      kill("entry " + deadly, merge(workers, deadly, List.of()));
    }
    assertNothingWrong(points);
  }

  @ParameterizedTest
  @CsvSource({"PLAIN, 5", "FORMATS, 5", "ACROSS, 4", "INDEX, 5"})
  void mergeKilledWithinEntriesIsContinued(KillCase toMerge, int points) throws IOException {
    boolean installed =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "strace")));
    assumeTrue(installed, "no strace on the PATH, which kills at a system call");
    make(toMerge);
    List<String> calls = calls();
    assertTrue(calls.size() > 60, calls::toString);
    for (int i = 1; i <= points; i++) {
      String call = calls.get(i * calls.size() / (points + 1));
      String[] place = call.split("#", -1);
      kill(call, merge(1, 0, KillableJvm.killedAt(place[0], Integer.parseInt(place[1]))));
    }
    assertNothingWrong(points);
  }

  /** The changes of a merge that is not killed, in order, as {@code name#n}: the n-th of a name. */
  private List<String> calls() throws IOException {
    copy();
    Path log = sandbox.path("calls");
    runToOutput(
        merge(
            1, 0, List.of("strace", "-f", "-qq", "-o", log.toString(), "-e", "trace=" + CHANGES)));
    List<String> calls = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (String line : Files.readAllLines(log)) {
      Matcher matcher = CALL.matcher(line);
      if (matcher.matches()) {
        // strace counts each system call of each thread by itself.
        int count = counts.merge(matcher.group(1) + matcher.group(2), 1, Integer::sum);
        calls.add(matcher.group(2) + "#" + count);
      }
    }
    return calls;
  }
}
