package dev.overlays.owners;

import dev.overlays.IdMapping;
import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store that opens the lowers of specs with the owners that their views show. */
public final class MappedLayerStore extends ForwardingLayerStore {
  private final Map<Path, IdMapping> mappings;

  private MappedLayerStore(LayerStore store, Map<Path, IdMapping> mappings) {
    super(store);
    this.mappings = mappings;
  }

  /**
   * Returns a store for the layers of specs.
   *
   * @param store what opens them
   * @param specs the specs that have the mappings; specs that share a lower have the same mapping
   *     for it
   * @return a store whose lowers have the owners of the view; the same store if nothing is mapped
   */
  public static LayerStore mapLowers(LayerStore store, List<OverlaySpec> specs) {
    Map<Path, IdMapping> all = new HashMap<>();
    for (OverlaySpec spec : specs) {
      all.putAll(spec.idMappings());
    }
    return all.isEmpty() ? store : new MappedLayerStore(store, all);
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return MappedOwners.mapOwners(innerStore().open(root), Optional.ofNullable(mappings.get(root)));
  }
}
