package dev.overlays.spi;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A store that forwards every call to another one. Extend it for a store that shows layers in
 * another way, and override the methods that differ, usually {@link #open}.
 */
public abstract class ForwardingLayerStore implements LayerStore {
  private final LayerStore store;

  /**
   * Makes a store.
   *
   * @param store the store that receives the calls
   */
  protected ForwardingLayerStore(LayerStore store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  /**
   * Returns the store that receives the calls.
   *
   * @return the other store
   */
  protected final LayerStore innerStore() {
    return store;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public int priority() {
    return store.priority();
  }

  @Override
  public Optional<Problem> whyDeclined(Path root) {
    return store.whyDeclined(root);
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return store.open(root);
  }

  @Override
  public Closeable claim(List<OverlaySpec> specs) throws OverlayException {
    return store.claim(specs);
  }

  @Override
  public void requireClaimed(Closeable claim) throws OverlayException {
    store.requireClaimed(claim);
  }

  @Override
  public Closeable hold(OverlaySpec spec) throws OverlayException {
    return store.hold(spec);
  }

  @Override
  public void requireVisible(OverlaySpec spec) throws OverlayException {
    store.requireVisible(spec);
  }

  @Override
  public Optional<LayerSharing> findSharing(Path root) throws OverlayException {
    return store.findSharing(root);
  }
}
