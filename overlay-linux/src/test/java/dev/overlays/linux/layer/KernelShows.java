package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.contract.DiffOracle;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ChangeKind;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the kernel shows of a spec.
 *
 * @param tree kinds and contents
 * @param manifest all attributes of what can be looked up
 */
record KernelShows(SortedMap<String, String> tree, List<String> manifest) {
  private static final NativeLayerStore STORE = new NativeLayerStore();
  private static final Pattern SIZE = Pattern.compile(" size=\\d+");

  /** Mounts it to see. */
  static KernelShows of(OverlaySpec spec) throws IOException {
    OverlayMount mount = Overlays.mount(spec);
    try {
      return new KernelShows(
          ShownTree.ofMounted(mount.root()),
          LayerView.ofMounted(new ReadableTree(), mount.root()).withoutHardLinks().manifest());
    } finally {
      mount.close(UnmountOptions.waitingUpTo(Duration.ofMinutes(1)));
    }
  }

  /**
   * Holds the view and the diff of the library to it, by all attributes.
   *
   * @param refused what a check names that the kernel does not take wherever it looks at it
   */
  void compare(OverlaySpec spec, Set<Path> refused, String what) throws IOException {
    if (spec.dataLowers().isEmpty()) {
      compareView(spec, refused, what);
    }
    if (spec.upper().isPresent()) {
      compareDiff(spec, refused, what);
    }
  }

  private void compareView(OverlaySpec spec, Set<Path> refused, String what) throws IOException {
    List<String> view;
    try {
      view = view(spec);
    } catch (FileSystemException e) {
      assertTrue(refused.contains(Path.of(e.getFile())), () -> e + " " + what);
      return;
    }
    assertEquals(readable(manifest), readable(view), () -> "the manifest " + what);
  }

  private static List<String> view(OverlaySpec spec) throws IOException {
    MarkNamespace marks = MarkNamespace.of(spec.options());
    LayerView view =
        spec.upper().isPresent()
            ? LayerView.of(STORE, spec.upper().get(), spec.lowers(), marks)
            : LayerView.ofLowers(STORE, spec.lowers(), marks);
    return view.withoutHardLinks().manifest();
  }

  /** As one text, of which more is told when it differs. */
  private String readable(List<String> lines) {
    return lines.stream().filter(line -> !hides(pathOf(line))).collect(Collectors.joining("\n"));
  }

  /**
   * Whether another time shows the same, beside what cannot be looked up. A metacopy file that
   * states another size than its data has ends with what is read of it.
   */
  void assertSame(KernelShows after, Supplier<String> what) {
    assertEquals(readable(withReadSizes()), readable(after.withReadSizes()), what);
  }

  private List<String> withReadSizes() {
    return manifest.stream().map(this::withReadSize).toList();
  }

  private String withReadSize(String line) {
    String kind = tree.getOrDefault(pathOf(line), "");
    return kind.startsWith(ShownTree.FILE)
        ? SIZE.matcher(line).replaceFirst(" size=" + (kind.length() - ShownTree.FILE.length()))
        : line;
  }

  private static String pathOf(String line) {
    return line.substring(0, line.indexOf(' ')).replace("\\x20", " ");
  }

  /** Whether something cannot be looked up or read. */
  private boolean hides(String path) {
    return ShownTree.isRefused(tree, path) || ShownTree.UNREADABLE.equals(tree.get(path));
  }

  /** An upper in which nothing is shows what the lowers do. */
  private void compareDiff(OverlaySpec spec, Set<Path> refused, String what) throws IOException {
    Path beside = Files.createDirectory(spec.upper().orElseThrow().resolveSibling("without"));
    OverlaySpec without =
        spec.toBuilder()
            .upper(Files.createDirectory(beside.resolve("upper")))
            .work(Files.createDirectory(beside.resolve("work")))
            .build();
    KernelShows lowers = of(without);
    try {
      List<Change> exact = told(OverlayDiff.of(spec).compareContent());
      DiffOracle.assertExact(exact, lowers.manifest, manifest, path -> !hides(lowers, exact, path));
      List<Change> careful = told(OverlayDiff.of(spec));
      DiffOracle.assertMissesNothing(
          careful, lowers.manifest, manifest, path -> !hides(lowers, careful, path));
    } catch (AssertionError e) {
      throw new AssertionError("the diff " + what + " " + e.getMessage(), e);
    } catch (OverlayException e) {
      Path path = e.problems().get(0).path().orElseThrow();
      assertTrue(refused.contains(path), () -> "the diff " + e + " " + what);
    }
  }

  /** Also where it was before it was renamed. */
  private boolean hides(KernelShows lowers, List<Change> told, String path) {
    return hides(path)
        || lowers.hides(path)
        || told.stream()
            .filter(change -> change.kind() == ChangeKind.RENAMED)
            .filter(change -> (path + "/").startsWith(change.path() + "/"))
            .map(change -> change.from().orElseThrow() + path.substring(change.path().length()))
            .anyMatch(lowers::hides);
  }

  private static List<Change> told(OverlayDiff diff) throws IOException {
    try (Stream<Change> changes = diff.changes()) {
      return changes.toList();
    }
  }
}
