package dev.overlays.testkit.replay;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The layers of a replay on one side, in a temporary directory. */
final class ReplayLayers implements Closeable {
  private final ComparedSide side;
  private final Path directory;
  private final List<String> names = new ArrayList<>();
  private OverlaySpec spec;

  private ReplayLayers(ComparedSide side) throws IOException {
    this.side = side;
    directory = Files.createTempDirectory(side.directory(), "replay");
  }

  /** Makes one to three lowers, with a filled upper, an empty upper or no upper. */
  static ReplayLayers makeLayers(
      ComparedSide side, Replay replay, OverlayOptions options, Set<KnownDifference> ignored)
      throws IOException {
    ReplayLayers layers = new ReplayLayers(side);
    try {
      layers.fillLayers(replay, options, ignored);
    } catch (IOException | RuntimeException e) {
      layers.close();
      throw e;
    }
    return layers;
  }

  private void fillLayers(Replay replay, OverlayOptions options, Set<KnownDifference> ignored)
      throws IOException {
    Random random = new Random(replay.seed());
    int lowers = 1 + random.nextInt(followsRedirects(options) ? 3 : 1);
    int upper = random.nextInt(8);
    boolean readOnly = upper == 0;
    boolean used = upper > 2;
    OverlaySpec.Builder builder = OverlaySpec.builder().options(unused -> options);
    List<Path> stack = new ArrayList<>();
    if (used) {
      stack.add(createLayer("upper"));
    }
    for (int i = 0; i < lowers + (used ? 0 : 1); i++) {
      stack.add(createLayer("lower" + i));
      builder.lower(stack.get(stack.size() - 1));
    }
    if (!readOnly) {
      builder.upper(used ? stack.get(0) : createLayer("upper"));
      builder.work(Files.createDirectory(directory.resolve("work")));
    }
    spec = builder.build();
    randomLayers(replay.seed(), ignored)
        .fillLayers(side.store(), stack.subList(1, stack.size()), stack.get(0));
    for (String entry : replay.missingEntries()) {
      leaveOut(entry);
    }
    for (Path layer : stack) {
      try (LayerDirectory root = side.store().open(layer)) {
        LayerTreeActions.replaceMarkedWhiteouts(root, Mark.WHITEOUT.xattr(markNamespace()));
        LayerTreeActions.cutTimes(root);
      }
    }
  }

  private Path createLayer(String name) throws IOException {
    names.add(name);
    try (LayerDirectory parent = side.store().open(directory)) {
      parent.createDirectory(Name.of(name));
      parent.setMode(Name.of(name), 0755);
    }
    return directory.resolve(name);
  }

  /**
   * Whether the view follows redirects; random layers have redirects if there are several lowers.
   */
  private static boolean followsRedirects(OverlayOptions options) {
    return options.redirectDir() == RedirectDir.ON || options.redirectDir() == RedirectDir.FOLLOW;
  }

  private RandomLayers randomLayers(long seed, Set<KnownDifference> ignored) {
    RandomLayers layers = RandomLayers.of(seed, markNamespace());
    if (!ignored.contains(KnownDifference.OWNERS)) {
      layers = layers.withOwners();
    }
    if (!ignored.contains(KnownDifference.NODES)) {
      layers = layers.withNodes();
    }
    return spec.options().metacopy() ? layers.withEveryFormat() : layers;
  }

  MarkNamespace markNamespace() {
    return MarkNamespace.of(spec.options());
  }

  ComparedSide side() {
    return side;
  }

  OverlaySpec spec() {
    return spec;
  }

  boolean isReadOnly() {
    return spec.upper().isEmpty();
  }

  /** Returns what all layers show together. */
  LayerView wholeView() {
    return spec.upper()
        .map(upper -> LayerView.of(side.store(), upper, spec.lowers(), markNamespace()))
        .orElseGet(this::lowersView);
  }

  /** Returns what the lowers alone show. */
  LayerView lowersView() {
    return LayerView.ofLowers(side.store(), spec.lowers(), markNamespace());
  }

  /**
   * Returns a line for each entry of each layer; it begins with the path that {@link
   * Replay#without} takes.
   */
  List<String> listEntries() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String name : names) {
      LayerView view =
          LayerView.ofSingleLayer(side.store(), directory.resolve(name), markNamespace());
      for (String line : view.manifest()) {
        entries.add(line.startsWith(". ") ? name + line.substring(1) : name + "/" + line);
      }
    }
    Collections.sort(entries);
    return entries;
  }

  private void leaveOut(String entry) throws IOException {
    List<String> parts = List.of(entry.split("/", -1));
    if (!names.contains(parts.get(0))) {
      throw new IllegalArgumentException("there is no layer of this name: " + entry);
    }
    try (LayerDirectory root = side.store().open(directory.resolve(parts.get(0)))) {
      EntryOmission.omitEntry(root, parts.subList(1, parts.size()));
    }
  }

  @Override
  public void close() throws IOException {
    try (LayerDirectory root = side.store().open(directory)) {
      LayerTreeActions.removeAll(root);
    }
    Files.delete(directory);
  }
}
