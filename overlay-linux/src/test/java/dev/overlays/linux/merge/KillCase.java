package dev.overlays.linux.merge;

import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The layers whose merge is killed. */
enum KillCase {
  /** Without redirects and metacopies, with private paths. */
  PLAIN {
    @Override
    OverlaySpec spec(Path layers) {
      return MergeWorkload.spec(layers);
    }

    @Override
    void makeLayers(Path layers) throws IOException {
      MergeWorkload.makeLayers(layers);
    }

    @Override
    List<String> privatePaths() {
      return MergeWorkload.PRIVATE;
    }

    @Override
    List<String> remainingNames() {
      return List.of("own d", "own/config f", "remade d", "remade/config f");
    }
  },
  /** Every format that there is. */
  FORMATS,
  /** The same, with a lower on another disk. */
  ACROSS,
  /** The same on one disk, with an index, which ties the upper to the inodes of its lower. */
  INDEX {
    @Override
    OverlaySpec spec(Path layers) {
      return super.spec(layers).toBuilder().options(o -> o.withIndex(true)).build();
    }
  };

  OverlaySpec spec(Path layers) {
    return FormatWorkload.spec(layers.resolve("lower/layer"), layers.resolve("instance"));
  }

  void makeLayers(Path layers) throws IOException {
    FormatWorkload.makeLayers(spec(layers), false);
  }

  List<String> privatePaths() {
    return List.of();
  }

  /** The names that stay in the upper, with their kinds. */
  List<String> remainingNames() {
    return List.of("");
  }
}
