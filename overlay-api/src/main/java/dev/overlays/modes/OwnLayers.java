package dev.overlays.modes;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A store for a run of an ordinary user over layers that are their own: what the owner may not
 * write to or look into, as its mode says, is opened to the owner while it is worked on. A view
 * that is mounted after a crash may show the owner's bits until the next run.
 */
public final class OwnLayers extends ForwardingLayerStore {
  private static final String CAPABILITIES = "CapEff:";
  private static final long DAC_OVERRIDE = 1 << 1;
  private static final int HEX = 16;

  private final OwnModes modes;

  private OwnLayers(LayerStore store, OwnModes modes) {
    super(store);
    this.modes = modes;
  }

  /**
   * Returns a store for one run, after what an earlier run has left is put right.
   *
   * @param store what opens the layers
   * @param specs whose layers they are
   * @param dryRun whether nothing is to be put right
   * @return a store for the owner; the same store if this process may do everything
   * @throws IOException if notes of an earlier run cannot be read
   */
  public static LayerStore of(LayerStore store, List<OverlaySpec> specs, boolean dryRun)
      throws IOException {
    if (mayDoEverything()) {
      return store;
    }
    if (!dryRun) {
      for (OverlaySpec spec : specs) {
        OwnModes.of(store::open, beside(spec)).recover(store::open);
      }
    }
    return new OwnLayers(store, OwnModes.of(store::open, beside(specs.get(0))));
  }

  private static Path beside(OverlaySpec spec) {
    return spec.work().orElseGet(() -> spec.lowers().get(0).toAbsolutePath().getParent());
  }

  /** Whether modes do not matter to this process. Source: capabilities(7), CAP_DAC_OVERRIDE. */
  private static boolean mayDoEverything() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(CAPABILITIES)) {
          long set = Long.parseUnsignedLong(line.substring(CAPABILITIES.length()).strip(), HEX);
          return (set & DAC_OVERRIDE) != 0;
        }
      }
      return false;
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return modes.open(store()::open, root);
  }
}
