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
 * A store for a run of an ordinary user on their own layers: entries whose modes do not let their
 * owner read or write them get the owner's bits while the run works on them. After a crash, a
 * mounted view may show these bits until the next run.
 */
public final class ModeLiftingStore extends ForwardingLayerStore {
  private static final String CAPABILITIES = "CapEff:";
  private static final long DAC_OVERRIDE = 1 << 1;
  private static final int HEX = 16;

  private final LiftedModes modes;

  private ModeLiftingStore(LayerStore store, LiftedModes modes) {
    super(store);
    this.modes = modes;
  }

  /**
   * Returns a store for one run, after restoring the modes that an earlier run left.
   *
   * @param store what opens the layers
   * @param specs whose layers they are
   * @param dryRun whether to restore nothing
   * @return a store for the owner; the same store if modes do not restrict this process
   * @throws IOException if notes of an earlier run cannot be read
   */
  public static LayerStore forOwner(LayerStore store, List<OverlaySpec> specs, boolean dryRun)
      throws IOException {
    if (mayDoEverything()) {
      return store;
    }
    if (!dryRun) {
      for (OverlaySpec spec : specs) {
        LiftedModes.besideLayers(store::open, notesPlace(spec)).restoreModes(store::open);
      }
    }
    return new ModeLiftingStore(
        store, LiftedModes.besideLayers(store::open, notesPlace(specs.get(0))));
  }

  private static Path notesPlace(OverlaySpec spec) {
    return spec.work().orElseGet(() -> spec.lowers().get(0).toAbsolutePath().getParent());
  }

  /**
   * Tells whether modes do not restrict this process. Source: capabilities(7), CAP_DAC_OVERRIDE.
   */
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
    return modes.openLayer(innerStore()::open, root);
  }
}
