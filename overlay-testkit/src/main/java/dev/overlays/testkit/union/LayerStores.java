package dev.overlays.testkit.union;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens each layer by the given store, or else by the best store that serves it. */
record LayerStores(Optional<LayerStore> forAll) implements LayerStore {

  LayerStore storeOf(Path layer) throws OverlayException {
    return forAll.isPresent() ? forAll.get() : LayerStore.of(layer);
  }

  @Override
  public String name() {
    return forAll.map(LayerStore::name).orElse("any");
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<Problem> whyDeclined(Path root) {
    return Optional.empty();
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return storeOf(root).open(root);
  }

  @Override
  public Closeable claim(List<OverlaySpec> specs) {
    throw new UnsupportedOperationException("claims are made of the stores themselves");
  }

  @Override
  public Closeable hold(OverlaySpec spec) {
    throw new UnsupportedOperationException("the stores themselves hold layers");
  }
}
