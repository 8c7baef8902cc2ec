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
  private final ReplaySide side;
  private final Path directory;
  private final List<String> names = new ArrayList<>();
  private OverlaySpec spec;

  private ReplayLayers(ReplaySide side) throws IOException {
    this.side = side;
    directory = Files.createTempDirectory(side.directory(), "replay");
  }

  /** Makes one to three lowers, with a filled upper, an empty upper or no upper. */
  static ReplayLayers make(
      ReplaySide side, Replay replay, OverlayOptions options, Set<KnownDifference> ignored)
      throws IOException {
    ReplayLayers layers = new ReplayLayers(side);
    try {
      layers.fill(replay, options, ignored);
    } catch (IOException | RuntimeException e) {
      layers.close();
      throw e;
    }
    return layers;
  }

  private void fill(Replay replay, OverlayOptions options, Set<KnownDifference> ignored)
      throws IOException {
    Random random = new Random(replay.seed());
    int lowers = 1 + random.nextInt(follows(options) ? 3 : 1);
    int upper = random.nextInt(8);
    boolean readOnly = upper == 0;
    boolean used = upper > 2;
    OverlaySpec.Builder builder = OverlaySpec.builder().options(unused -> options);
    List<Path> stack = new ArrayList<>();
    if (used) {
      stack.add(layer("upper"));
    }
    for (int i = 0; i < lowers + (used ? 0 : 1); i++) {
      stack.add(layer("lower" + i));
      builder.lower(stack.get(stack.size() - 1));
    }
    if (!readOnly) {
      builder.upper(used ? stack.get(0) : layer("upper"));
      builder.work(Files.createDirectory(directory.resolve("work")));
    }
    spec = builder.build();
    shape(replay.seed(), ignored).fill(side.store(), stack.subList(1, stack.size()), stack.get(0));
    for (String entry : replay.missing()) {
      leaveOut(entry);
    }
    for (Path layer : stack) {
      try (LayerDirectory root = side.store().open(layer)) {
        LayerEntriesWalk.replaceMarkedWhiteouts(root, Mark.WHITEOUT.xattr(marks()));
        LayerEntriesWalk.cutTimes(root);
      }
    }
  }

  private Path layer(String name) throws IOException {
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
  private static boolean follows(OverlayOptions options) {
    return options.redirectDir() == RedirectDir.ON || options.redirectDir() == RedirectDir.FOLLOW;
  }

  private RandomLayers shape(long seed, Set<KnownDifference> ignored) {
    RandomLayers layers = RandomLayers.of(seed, marks());
    if (!ignored.contains(KnownDifference.OWNERS)) {
      layers = layers.withOwners();
    }
    if (!ignored.contains(KnownDifference.NODES)) {
      layers = layers.withNodes();
    }
    return spec.options().metacopy() ? layers.withEveryFormat() : layers;
  }

  MarkNamespace marks() {
    return MarkNamespace.of(spec.options());
  }

  ReplaySide side() {
    return side;
  }

  OverlaySpec spec() {
    return spec;
  }

  boolean isReadOnly() {
    return spec.upper().isEmpty();
  }

  /** Returns what all layers show together. */
  LayerView shown() {
    return spec.upper()
        .map(upper -> LayerView.of(side.store(), upper, spec.lowers(), marks()))
        .orElseGet(this::lowers);
  }

  /** Returns what the lowers alone show. */
  LayerView lowers() {
    return LayerView.ofLayers(side.store(), spec.lowers(), marks());
  }

  /**
   * Returns a line for each entry of each layer; it begins with the path that {@link
   * Replay#without} takes.
   */
  List<String> entries() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String name : names) {
      LayerView view = LayerView.of(side.store(), directory.resolve(name), marks());
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
      LeftOut.of(root, parts.subList(1, parts.size()));
    }
  }

  @Override
  public void close() throws IOException {
    try (LayerDirectory root = side.store().open(directory)) {
      LayerEntriesWalk.remove(root);
    }
    Files.delete(directory);
  }
}
