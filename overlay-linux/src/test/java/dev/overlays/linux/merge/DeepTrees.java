package dev.overlays.linux.merge;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.SharedCache;
import dev.overlays.copy.LayerCopy;
import dev.overlays.hiding.HidingRecord;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.DiskUse;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs everything that walks through layers over trees of many levels. Started by {@link
 * DeepTreeTest} in a JVM of its own, with a small stack and few descriptors.
 */
final class DeepTrees {
  private static final Name DOWN = Name.of("d");
  private static final Name FILE = Name.of("f");

  /** Whoever searches for live views holds their roots for a moment, in any process. */
  private static final UnmountOptions NOBODY_LOOKS =
      UnmountOptions.waitingUpTo(Duration.ofSeconds(10));

  private final Path place;
  private final int levels;

  private DeepTrees(Path place, int levels) {
    this.place = place;
    this.levels = levels;
  }

  /** Takes a directory, how many levels there are to be, and what is to be done. */
  public static void main(String[] arguments) throws Exception {
    Path place = Path.of(arguments[0]);
    DeepTrees trees = new DeepTrees(place, Integer.parseInt(arguments[1]));
    switch (arguments[2]) {
      case "engines" -> trees.runEngines(Integer.parseInt(arguments[3]));
      case "copies" -> trees.mergeToOtherDisk(Path.of(arguments[3]));
      case "layers" -> trees.squashAndMoveLayers();
      case "cache" -> trees.maintainCache();
      case "ephemeral" -> trees.keepOrDiscardEphemeral();
      case "private" -> trees.privatePaths();
      default -> throw new IllegalArgumentException(arguments[2]);
    }
    System.out.println("done");
  }

  /** Makes a directory in another, with as many in each other, and a file at the bottom. */
  private void makeTree(Path directory, String top) throws IOException {
    try (LayerDirectory bottom = openBottom(directory, top, true);
        OutputStream file = bottom.createFile(FILE)) {
      file.write(1);
    }
  }

  /** Opens the last of so many levels, which are made if need be. */
  private LayerDirectory openBottom(Path directory, String top, boolean make) throws IOException {
    LayerDirectory at = LayerStore.of(directory).open(directory);
    Name next = Name.of(top);
    for (int i = 0; i < levels; i++) {
      try (LayerDirectory outer = at) {
        if (make) {
          outer.createDirectory(next);
        }
        at = outer.open(next);
      }
      next = DOWN;
    }
    return at;
  }

  /** Counts the levels below a directory, and tells whether the file is at the bottom. */
  private static int measureDepth(Path directory, String top) throws IOException {
    LayerDirectory at = LayerStore.of(directory).open(directory);
    Name next = Name.of(top);
    int depth = 0;
    while (at.stat(next).isPresent()) {
      try (LayerDirectory outer = at) {
        at = outer.open(next);
      }
      next = DOWN;
      depth++;
    }
    try (LayerDirectory bottom = at) {
      require(depth == 0 || bottom.stat(FILE).isPresent(), "the file at the bottom");
    }
    return depth;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private void requireEqual(long expected, long actual, String what) {
    require(expected == actual, what + ": " + actual + " instead of " + expected);
  }

  private OverlaySpec spec() throws IOException {
    for (String layer : List.of("lower", "upper", "work")) {
      Files.createDirectories(place.resolve(layer));
    }
    return OverlaySpec.builder()
        .lower(place.resolve("lower"))
        .upper(place.resolve("upper"))
        .work(place.resolve("work"))
        .build();
  }

  private void runEngines(int workers) throws Exception {
    OverlaySpec spec = spec();
    Path upper = spec.upper().orElseThrow();
    Path lower = spec.lowers().get(0);
    makeTree(lower, "both");
    makeTree(upper, "both");
    makeTree(upper, "new");
    makeTree(lower, "gone");
    try (LayerDirectory root = LayerStore.of(upper).open(upper)) {
      root.createWhiteout(Name.of("gone"));
    }
    requireEqual(2L * levels + 3, DiskUse.of(upper).inodes() + 0, "inodes");
    try (Stream<Change> changes = OverlayDiff.of(spec).workers(workers).changes()) {
      long longest = changes.mapToLong(change -> change.path().length()).max().orElseThrow();
      requireEqual("both/f".length() + 2L * (levels - 1), longest, "the longest path");
    }
    requireEqual(0, OverlayCheck.of(spec).run().size(), "problems");
    requireEqual(0, OverlayCheck.of(spec).repair().left().size(), "problems");
    OverlayVacuum.of(spec).workers(workers).run();
    MergeReport ahead = OverlayMerge.of(spec).workers(workers).dryRun();
    MergeReport report = OverlayMerge.of(spec).workers(workers).run();
    require(ahead.counts().equals(report.counts()), ahead + " and " + report);
    requireEqual(levels + 1L, report.count(MergeAction.DELETED), "deleted");
    requireMerged(spec, "new", "both");
  }

  private void requireMerged(OverlaySpec spec, String... tops) throws IOException {
    for (String top : tops) {
      requireEqual(levels, measureDepth(spec.lowers().get(0), top), top);
    }
    try (Stream<Path> left = Files.list(spec.upper().orElseThrow())) {
      requireEqual(0, left.count(), "left in the upper");
    }
  }

  /** A merge to another file system, and what it has copied removed. */
  private void mergeToOtherDisk(Path otherDisk) throws Exception {
    OverlaySpec spec = spec();
    Path lower = Files.createDirectory(otherDisk.resolve("lower"));
    OverlaySpec across =
        OverlaySpec.builder()
            .lower(lower)
            .upper(spec.upper().orElseThrow())
            .work(spec.work().orElseThrow())
            .build();
    makeTree(across.upper().orElseThrow(), "new");
    OverlayMerge.of(across).run();
    requireMerged(across, "new");
    try (LayerDirectory disk = LayerStore.of(otherDisk).open(otherDisk)) {
      LayerEntries.removeTree(disk, Name.of("lower"));
    }
    require(!Files.exists(lower), "removed");
  }

  /** Squashes lowers, copies a layer, and merges several uppers. */
  private void squashAndMoveLayers() throws Exception {
    Path top = Files.createDirectory(place.resolve("top"));
    Path bottom = Files.createDirectory(place.resolve("bottom"));
    makeTree(top, "t");
    makeTree(bottom, "t");
    makeTree(top, "new");
    OverlaySquash.of(OverlaySpec.builder().lower(top).lower(bottom).build()).run();
    requireEqual(levels, measureDepth(bottom, "new"), "new");
    try (LayerDirectory from = LayerStore.of(bottom).open(bottom);
        LayerDirectory to = LayerStore.of(place).open(place)) {
      LayerCopy.copyLayer(from, MarkNamespace.TRUSTED, to, Name.of("copy"), true);
      LayerCopy.moveLayer(to, Name.of("copy"), MarkNamespace.TRUSTED, to, Name.of("moved"));
    }
    requireEqual(levels, measureDepth(place.resolve("moved"), "new"), "copied");
    List<OverlaySpec> specs = new ArrayList<>();
    for (String name : List.of("one", "two")) {
      for (String part : List.of("upper", "work", "mnts")) {
        Files.createDirectories(place.resolve(name).resolve(part));
      }
      OverlaySpec spec = OverlaySpec.builder().lower(bottom).instance(place.resolve(name)).build();
      makeTree(spec.upper().orElseThrow(), name);
      makeTree(spec.upper().orElseThrow(), "t");
      specs.add(spec);
    }
    OverlayMerge.into(bottom).uppers(specs).policy(ConflictPolicy.DELETE_COMMON).run();
    requireEqual(levels, measureDepth(bottom, "one"), "one");
    requireEqual(levels, measureDepth(bottom, "two"), "two");
  }

  /** One instance of a cache makes a deep tree; the others are to be maintained all the same. */
  private void maintainCache() throws Exception {
    Path lower = Files.createDirectory(place.resolve("cache"));
    SharedCache cache = SharedCache.of(lower, Files.createDirectory(place.resolve("instances")));
    makeTree(lower, "t");
    cache.create("one");
    cache.create("two");
    cache.mountAll();
    Path view = place.resolve("instances/one/mnts");
    Files.writeString(view.resolve("file"), "new");
    makeTree(view, "deep");
    requireEqual(2, cache.status().instances().size(), "instances");
    cache.maintain();
    require(Files.readString(lower.resolve("file")).equals("new"), "merged");
    requireEqual(levels, measureDepth(lower, "deep"), "deep");
    requireEqual(
        levels, measureDepth(place.resolve("instances/two/mnts"), "deep"), "in the other view");
    cache.unmountAll(NOBODY_LOOKS);
  }

  /** What was written to a view of its own is kept, moved or copied, or thrown away. */
  private void keepOrDiscardEphemeral() throws Exception {
    Path lower = Files.createDirectory(place.resolve("lower"));
    Path uppers = Files.createDirectory(place.resolve("uppers"));
    OverlaySpec spec = OverlaySpec.builder().lower(lower).ephemeral(Ephemeral.in(uppers)).build();
    try (OverlayMount kept = Overlays.mount(spec)) {
      makeTree(kept.root(), "t");
      kept.keepTo(place.resolve("kept"));
    }
    requireEqual(levels, measureDepth(place.resolve("kept"), "t"), "kept");
    try (OverlayMount kept =
        Overlays.mount(OverlaySpec.builder().lower(lower).ephemeral().build())) {
      makeTree(kept.root(), "t");
      kept.keepTo(place.resolve("copied"));
    }
    requireEqual(levels, measureDepth(place.resolve("copied"), "t"), "copied");
    try (OverlayMount thrownAway = Overlays.mount(spec)) {
      makeTree(thrownAway.root(), "t");
    }
    try (LayerDirectory root = LayerStore.of(uppers).open(uppers)) {
      LayerEntry left = root.entries().next();
      require(left == null || left.type() != EntryType.DIRECTORY, "left: " + left);
    }
  }

  /** Hides the file at the bottom from a view: first where the upper has no part of its path. */
  private void privatePaths() throws Exception {
    OverlaySpec plain = spec();
    Path lower = plain.lowers().get(0);
    Path upper = plain.upper().orElseThrow();
    makeTree(lower, "t");
    String bottom = "t" + "/d".repeat(levels - 1);
    OverlaySpec spec = plain.toBuilder().privatePath(bottom + "/f").build();
    LayerStore store = LayerStore.of(upper);
    PrivatePaths.hide(spec, store).undo(spec, store);
    requireMerged(plain, "t");
    try (OverlayMount mount = Overlays.mount(spec)) {
      try (LayerDirectory inView = openBottom(mount.root(), "t", false)) {
        require(inView.stat(FILE).isEmpty(), "hidden");
        inView.createFile(Name.of("new")).close();
      }
      mount.close(NOBODY_LOOKS);
    }
    OverlaySpec more =
        spec.toBuilder().privatePath(bottom + "/g").privatePath("t" + "/d".repeat(levels)).build();
    try (LayerDirectory inLower = openBottom(lower, "t", false)) {
      inLower.createFile(Name.of("g")).close();
      inLower.createDirectory(DOWN);
    }
    HidingRecord hidden = PrivatePaths.hide(more, store);
    try (LayerDirectory inUpper = openBottom(upper, "t", false)) {
      require(inUpper.stat(Name.of("g")).isPresent(), "hidden below the upper's own directories");
      hidden.undo(more, store);
      require(inUpper.stat(Name.of("g")).isEmpty(), "shown again");
      require(inUpper.stat(FILE).isPresent(), "left as it was");
    }
    OverlayMerge.of(spec).run();
    try (LayerDirectory inLower = openBottom(lower, "t", false)) {
      require(inLower.stat(FILE).isPresent(), "private");
      require(inLower.stat(Name.of("new")).isPresent(), "merged");
    }
  }
}
