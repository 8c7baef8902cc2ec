package dev.overlays.linux.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lowers that have whiteouts where there is nothing to hide: the kernel leaves them out of listings
 * as long as an upper's directory is merged with theirs, and after the upper's is gone, too.
 */
class UncoveredGhostsTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 30);

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    sandbox.mountDisk("other");
  }

  /** The engines that remove a directory of an upper or of a middle lower. */
  enum RemovingEngine {
    MERGE("disk/lower") {
      @Override
      OverlaySpec run(Map<String, OverlaySpec> views) throws IOException {
        OverlayMerge.of(views.get("view")).run();
        return views.get("view");
      }
    },
    MERGE_BY_COPIES("other/lower") {
      @Override
      OverlaySpec run(Map<String, OverlaySpec> views) throws IOException {
        return MERGE.run(views);
      }
    },
    SQUASH("disk/lower") {
      @Override
      OverlaySpec run(Map<String, OverlaySpec> views) throws IOException {
        OverlaySpec spec = views.get("view");
        return spec.toBuilder().lowers(OverlaySquash.of(spec).run().lowers()).build();
      }
    },
    SQUASH_AND_MERGE("disk/lower") {
      @Override
      OverlaySpec run(Map<String, OverlaySpec> views) throws IOException {
        OverlaySpec squashed = SQUASH.run(views);
        OverlayMerge.of(squashed).run();
        return squashed;
      }
    },
    VACUUM("disk/lower") {
      @Override
      OverlaySpec run(Map<String, OverlaySpec> views) throws IOException {
        OverlayVacuum.of(views.get("view")).ignoreAttributes().run();
        return views.get("view");
      }
    },
    SHARED("disk/lower") {
      @Override
      OverlaySpec run(Map<String, OverlaySpec> views) throws IOException {
        OverlaySpec spec = views.get("view");
        OverlayMerge.into(spec.lowers().get(0)).uppers(spec).keepUppers(views.get("rest")).run();
        return spec;
      }
    };

    private final String lower;

    RemovingEngine(String lower) {
      this.lower = lower;
    }

    abstract OverlaySpec run(Map<String, OverlaySpec> views) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("what is listed can be looked up as before")
  void engineUncoversNoGhost(RemovingEngine engine) throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      OverlaySpec view = view(engine, "view", seed, new Random(seed));
      OverlaySpec rest = view(engine, "rest", seed, null);
      Map<String, Boolean> before = listing(view);
      OverlaySpec after = engine.run(Map.of("view", view, "rest", rest));
      Map<String, Boolean> expected = new TreeMap<>(before);
      Map<String, Boolean> shown = listing(after);
      // What was a ghost before may be gone.
      expected
          .entrySet()
          .removeIf(entry -> !entry.getValue() && !shown.containsKey(entry.getKey()));
      assertEquals(expected, shown, engine + " of seed " + seed);
    }
  }

  private OverlaySpec view(RemovingEngine engine, String name, long seed, Random random)
      throws IOException {
    Path top = sandbox.createDirectory(engine.lower + seed);
    Path bottom = sandbox.createDirectory("disk/bottom" + seed);
    Path upper = sandbox.createDirectory("disk/upper-" + name + seed);
    OverlaySpec.Builder spec =
        OverlaySpec.builder()
            .lower(top)
            .lower(bottom)
            .upper(upper)
            .work(sandbox.createDirectory("disk/work-" + name + seed))
            .mountPoint(sandbox.createDirectory("disk/mnts"));
    if (random != null) {
      for (Path layer : new Path[] {bottom, top, upper}) {
        try (LayerDirectory root = LayerStore.of(layer).open(layer)) {
          fill(root, random, 0);
        }
      }
    }
    return spec.build();
  }

  /** Whiteouts and opaque directories in any place. */
  private static void fill(LayerDirectory directory, Random random, int depth) throws IOException {
    for (String each : new String[] {"a", "b", "c"}) {
      Name name = Name.of(each);
      int kind = random.nextInt(10);
      if (kind < 2) {
        directory.createWhiteout(name);
      } else if (kind < 4) {
        directory.createFile(name).close();
      } else if (kind < 9 && depth < 3) {
        directory.createDirectory(name);
        try (LayerDirectory inner = directory.open(name)) {
          fill(inner, random, depth + 1);
        }
        if (random.nextInt(4) == 0) {
          directory.setXattr(name, Mark.OPAQUE.xattr(MarkNamespace.TRUSTED), new byte[] {'y'});
        }
      }
    }
  }

  /** Returns every listed name, and whether it can be looked up. */
  private static Map<String, Boolean> listing(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      Map<String, Boolean> all = new TreeMap<>();
      list(mount.root(), mount.root(), all);
      // A process that searches for live views may hold it for a moment.
      mount.close(UnmountOptions.waitingUpTo(Duration.ofSeconds(10)));
      return all;
    }
  }

  private static void list(Path root, Path directory, Map<String, Boolean> all) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        boolean there = Files.exists(entry, LinkOption.NOFOLLOW_LINKS);
        all.put(root.relativize(entry).toString(), there);
        if (there && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          list(root, entry, all);
        }
      }
    }
  }
}
