package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every engine reports the same of whiteouts that are devices and of those that are marked files.
 */
class WhiteoutFormsTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 15);
  private static final PortableLayerStore STORE = new PortableLayerStore();

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  @AutoClose private final FileSystem otherFileSystem = InMemoryFileSystems.create();
  private int roots;
  private int reports;

  /** Tells what it finds of the layers of a case. */
  @FunctionalInterface
  private interface ReportingEngine {
    Object reportOn(MergeCase layers) throws IOException;
  }

  private static final List<ReportingEngine> ENGINES =
      List.of(
          layers -> layers.newMerge().dryRun().counts(),
          layers -> layers.newMerge().bytesFreed(),
          layers -> layers.newMerge().run().counts(),
          layers -> layers.newMerge().listener((action, path, bytes) -> {}).run().counts(),
          layers -> sharedMerge(layers).dryRun().merges().values().iterator().next().counts(),
          layers -> sharedMerge(layers).run().merges().values().iterator().next().counts(),
          layers -> sharedMerge(layers).bytesFreed(),
          layers -> changesOf(layers),
          layers -> OverlayVacuum.of(layers.spec()).store(STORE).dryRun().filesRemoved(),
          layers ->
              OverlaySquash.of(layers.spec())
                  .store(STORE)
                  .dryRun()
                  .toString()
                  .replaceAll("/root\\d+|in .*", ""),
          layers ->
              OciLayer.of(layers.spec())
                  .store(STORE)
                  .compression(OciCompression.NONE)
                  .writeTo(OutputStream.nullOutputStream())
                  .digest());

  private static SharedMerge sharedMerge(MergeCase layers) {
    return OverlayMerge.into(layers.spec().lowers().get(0)).uppers(layers.spec()).store(STORE);
  }

  private static List<String> changesOf(MergeCase layers) throws IOException {
    List<String> changes = new ArrayList<>();
    OverlayDiff.of(layers.spec()).store(STORE).forEach(change -> changes.add(change.toString()));
    return changes.stream().sorted().toList();
  }

  @ParameterizedTest
  @EnumSource
  void reportsAreTheSame(MarkNamespace marks) throws IOException {
    assertSameReports(marks, fileSystem);
  }

  /** What the upper has over a whiteout is copied into the lower, and not renamed. */
  @ParameterizedTest
  @EnumSource
  void reportsOfLowersOnAnotherFileSystemAreTheSame(MarkNamespace marks) throws IOException {
    assertSameReports(marks, otherFileSystem);
  }

  private void assertSameReports(MarkNamespace marks, FileSystem ofLowers) throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      for (ReportingEngine engine : ENGINES) {
        MergeCase files = createLayers(seed, marks, ofLowers);
        MergeCase devices = createLayers(seed, marks, ofLowers);
        for (Path lower : files.spec().lowers()) {
          try (LayerDirectory root = STORE.open(lower)) {
            markWhiteouts(root, marks);
          }
        }
        assertEquals(
            outcomeOf(engine, devices),
            outcomeOf(engine, files),
            "seed " + seed + ", engine " + ENGINES.indexOf(engine));
      }
    }
    assertTrue(reports > SEEDS * ENGINES.size() / 2, () -> "only " + reports + " reports");
  }

  /** What it reports, or why it refuses: an archive cannot hold sockets. */
  private Object outcomeOf(ReportingEngine engine, MergeCase layers) throws IOException {
    try {
      Object report = engine.reportOn(layers);
      reports++;
      return report;
    } catch (OverlayException e) {
      return e.problems().stream().map(Problem::code).toList();
    }
  }

  private MergeCase createLayers(int seed, MarkNamespace marks, FileSystem ofLowers)
      throws IOException {
    String name = "/root" + roots++;
    Path root = Files.createDirectory(fileSystem.getPath(name));
    Path lowerRoot = Files.createDirectories(ofLowers.getPath(name));
    RandomLayers layers = RandomLayers.of(seed, marks);
    if (marks == MarkNamespace.TRUSTED) {
      layers = layers.withEveryFormat();
    }
    MergeCase made =
        MergeCase.createLayers(STORE, root, lowerRoot, 1 + seed % 3, layers, marks, false);
    try (LayerDirectory upper = STORE.open(made.upperPath());
        LayerDirectory lower = STORE.open(made.spec().lowers().get(0))) {
      lower.createWhiteout(Name.of("whiteout"));
      coverWhiteouts(upper, lower, marks);
    }
    return made;
  }

  /**
   * Turns whiteouts that are devices into marked files, with the mark of their directory. One that
   * is opaque has another mark there.
   */
  private static void markWhiteouts(LayerDirectory directory, MarkNamespace marks)
      throws IOException {
    for (Name name : namesIn(directory)) {
      EntryStat stat = LayerEntries.requireStat(directory, name);
      if (stat.isDirectory()) {
        try (LayerDirectory inner = directory.open(name)) {
          markWhiteouts(inner, marks);
        }
      } else if (stat.isWhiteoutDevice() && !LayerEntries.isOpaque(directory, Name.SELF, marks)) {
        EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
        directory.remove(name);
        directory.createFile(name).close();
        directory.setXattr(name, Mark.WHITEOUT.xattr(marks), new byte[0]);
        directory.setXattr(Name.SELF, Mark.OPAQUE.xattr(marks), new byte[] {'x'});
        directory.setTimes(Name.SELF, before.accessed(), before.modified());
      }
    }
  }

  /** Puts files of the upper over whiteouts of the lower. */
  private static void coverWhiteouts(
      LayerDirectory upper, LayerDirectory lower, MarkNamespace marks) throws IOException {
    for (Name name : namesIn(lower)) {
      EntryStat stat = LayerEntries.requireStat(lower, name);
      Optional<EntryStat> covering = upper.stat(name);
      if (stat.isDirectory() && covering.filter(EntryStat::isDirectory).isPresent()) {
        try (LayerDirectory innerUpper = upper.open(name);
            LayerDirectory innerLower = lower.open(name)) {
          coverWhiteouts(innerUpper, innerLower, marks);
        }
      } else if (LayerEntries.isWhiteout(lower, name, stat, marks) && covering.isEmpty()) {
        upper.createFile(name).close();
        upper.setTimes(name, Instant.EPOCH, Instant.EPOCH);
        upper.setTimes(Name.SELF, Instant.EPOCH, Instant.EPOCH);
      }
    }
  }

  private static List<Name> namesIn(LayerDirectory directory) throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      names.add(entry.name());
    }
    return names;
  }
}
