package dev.overlays.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.FuseOverlayfsBackend;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.layer.RandomWork;
import dev.overlays.linux.syscall.ProcessEnd;
import dev.overlays.linux.table.FuseDaemon;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How other programs read what fuse-overlayfs leaves behind. Runs as any user. */
public class FuseViewTest {
  private static final LayerStore STORE = new NativeLayerStore();

  private final FuseOverlayfsBackend backend = new FuseOverlayfsBackend();
  @AutoClose private Sandbox sandbox;
  private MarkNamespace marks;

  @BeforeEach
  void openSandbox() throws IOException {
    var reason = backend.whyUnavailable();
    assumeTrue(reason.isEmpty(), () -> "no fuse-overlayfs here: " + reason.get());
    sandbox = Sandbox.create();
    marks = FuseMarks.areTrusted() ? MarkNamespace.TRUSTED : MarkNamespace.USER;
  }

  private OverlaySpec spec() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.createDirectory("lower"))
        .upper(sandbox.createDirectory("upper"))
        .work(sandbox.createDirectory("work"))
        .mountPoint(sandbox.createDirectory("mnts"))
        .options(o -> o.withUserXattr(marks == MarkNamespace.USER))
        .build();
  }

  private OverlaySpec changed(long seed) throws IOException {
    OverlaySpec spec = spec();
    Path lower = spec.lowers().get(0);
    RandomLayers.of(seed, marks).fillLayers(STORE, lower, sandbox.createDirectory("unused"));
    // The program cannot copy up pipes and sockets: it makes files of them, or fails with EIO.
    Sandbox.run("find", lower.toString(), "(", "-type", "p", "-o", "-type", "s", ")", "-delete");
    return spec;
  }

  private static List<String> shown(Path root) throws IOException {
    return LayerView.ofMounted(STORE, root).withoutHardLinks().manifest();
  }

  private List<String> view(OverlaySpec spec) throws IOException {
    return LayerView.of(STORE, spec.upper().orElseThrow(), spec.lowers(), marks)
        .withoutHardLinks()
        .manifest();
  }

  private static void kill(Path mountPoint) throws IOException {
    long pid = FuseDaemon.daemonAt(mountPoint).orElseThrow().pid();
    try (ProcessEnd end = ProcessEnd.of(pid)) {
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      assertTrue(end.awaitEnd(Duration.ofMinutes(1)));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void closedUpperHasTheKernelsForm(long seed) throws IOException {
    OverlaySpec spec = changed(seed);
    List<String> shown;
    try (OverlayMount mount = backend.mount(spec)) {
      RandomWork.in(mount.root(), seed);
      shown = shown(mount.root());
      assertEquals(shown, view(spec), "while it is mounted");
    }
    assertEquals(shown, view(spec));
    String raw = LayerView.ofMounted(STORE, spec.upper().orElseThrow()).manifest().toString();
    assertFalse(raw.contains("fuse") || raw.contains(".wh."), raw);
    try (OverlayMount mount = backend.mount(spec)) {
      assertEquals(shown, shown(mount.root()));
    }
    if (new KernelBackend().whyUnavailable().isEmpty()) {
      try (OverlayMount mount = new KernelBackend().mount(spec)) {
        assertEquals(shown, shown(mount.root()));
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {5, 6, 7, 8})
  void upperOfAKilledDaemonIsUnderstood(long seed) throws IOException {
    OverlaySpec spec = changed(seed);
    List<String> shown;
    List<String> changes;
    try (OverlayMount mount = backend.mount(spec)) {
      RandomWork.in(mount.root(), seed);
      shown = shown(mount.root());
      kill(mount.root());
      assertTrue(mount.isMounted(), "a dead mount");
    }
    changes = changes(spec);
    assertEquals(shown, view(spec));
    if (new KernelBackend().whyUnavailable().isEmpty()) {
      try (OverlayMount mount = new KernelBackend().mount(spec)) {
        assertEquals(shown, shown(mount.root()));
      }
      assertEquals(changes(spec), changes);
    }
    OverlayMerge.of(spec).run();
    Path lower = spec.lowers().get(0);
    assertEquals(
        shown, LayerView.ofLowers(STORE, List.of(lower), marks).withoutHardLinks().manifest());
    assertEquals(0, sandbox.path("upper").toFile().list().length);
  }

  private static List<String> changes(OverlaySpec spec) throws IOException {
    try (var changes = OverlayDiff.of(spec).store(STORE).changes()) {
      return changes.map(Object::toString).sorted().toList();
    }
  }

  @Test
  void locksEndWithTheDaemon() throws IOException {
    OverlaySpec spec = spec();
    OverlayMount mount = backend.mount(spec);
    assertEquals(ProblemCode.LAYER_LOCKED, refusal(() -> STORE.claim(spec).close()));
    assertEquals(
        ProblemCode.LAYER_LOCKED,
        refusal(
            () ->
                backend.mount(spec.toBuilder().mountPoint(sandbox.createDirectory("m2")).build())));
    kill(mount.root());
    Closeable claim = STORE.claim(spec);
    claim.close();
    mount.close();
    assertFalse(mount.isMounted());
  }

  private interface RefusedAttempt {
    void run() throws IOException;
  }

  private static ProblemCode refusal(RefusedAttempt attempt) {
    OverlayException e = assertThrows(OverlayException.class, attempt::run);
    return e.problems().get(0).code();
  }

  /** Of two daemons that start at once, only one gets the upper, even if both passed the checks. */
  @Test
  void oneDaemonStartsWithAnUpper() throws IOException {
    OverlaySpec spec = spec();
    try (FuseLayers layers = FuseLayers.open(spec);
        DaemonStart first = DaemonStart.startFor(layers);
        DaemonStart second = DaemonStart.startFor(layers)) {
      assertTrue(first.awaitLocks() ^ second.awaitLocks());
    }
    STORE.claim(spec).close();
  }

  @Test
  void lowersMayHaveAnyName() throws IOException {
    sandbox.createFile("a:b,c\\ \n\u00fc/file", "content");
    OverlaySpec spec = spec().toBuilder().lower(sandbox.path("a:b,c\\ \n\u00fc")).build();
    try (OverlayMount mount = backend.mount(spec)) {
      assertEquals("content", Files.readString(mount.root().resolve("file")));
    }
  }

  @Test
  void viewsOfOthersAreFoundAndRespected() throws IOException {
    OverlaySpec spec = spec();
    sandbox.createFile("lower/file", "content");
    Path place = spec.mountPoint().orElseThrow();
    Sandbox.run(
        "fuse-overlayfs",
        "-o",
        "noexec,lowerdir=" + spec.lowers().get(0),
        "-o",
        "upperdir=" + sandbox.path("upper") + ",workdir=" + sandbox.path("work"),
        place.toString());
    assertEquals(ProblemCode.LAYER_IN_USE, refusal(() -> STORE.claim(spec).close()));
    OverlayMount found =
        backend.mounted().stream()
            .filter(mount -> mount.root().equals(place))
            .findFirst()
            .orElseThrow();
    assertEquals(spec.toBuilder().attributes(MountAttribute.NOEXEC).build(), found.spec());
    assertEquals("content", Files.readString(found.root().resolve("file")));
    found.close();
    STORE.claim(spec).close();
  }
}
