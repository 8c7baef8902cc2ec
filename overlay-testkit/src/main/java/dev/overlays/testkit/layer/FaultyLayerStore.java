package dev.overlays.testkit.layer;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.LayerSharing;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Wraps a store, counts its operations, shows them to a hook, and makes them fail. A test learns
 * from it what its code does to layers when any single operation fails, or when the machine stops
 * at that operation.
 *
 * <p>Operations that {@linkplain FileOperation#isChange() change} something are numbered from 1.
 * They run one at a time, with their hooks, even when several threads make them: a hook never sees
 * another change half done. A {@link OperationHook} that reads layers should use the wrapped store,
 * or its own reads are seen, too.
 */
public final class FaultyLayerStore implements LayerStore {
  private final LayerStore store;
  private final OperationFaults faults = new OperationFaults();

  /** Sees every operation. If it throws an exception, the operation throws that. */
  public interface OperationHook {
    /**
     * Called before an operation that changes nothing, possibly by several threads at once.
     *
     * @param operation the kind of operation
     * @param path the path of the entry, to show to people
     * @throws IOException to make the operation fail
     */
    default void beforeReading(FileOperation operation, String path) throws IOException {}

    /**
     * Called before an operation that changes something, unless that is made to fail.
     *
     * @param operation the kind of operation
     * @param path the path of the entry, to show to people; {@code old -> new} for a move or a hard
     *     link
     * @throws IOException to make the operation fail before it happens
     */
    default void beforeChange(FileOperation operation, String path) throws IOException {}

    /**
     * Called after an operation that changed something.
     *
     * @param operation the kind of operation
     * @param path the path of the entry, to show to people; {@code old -> new} for a move or a hard
     *     link
     * @throws IOException to make the operation fail although it has happened
     */
    default void afterChange(FileOperation operation, String path) throws IOException {}
  }

  /**
   * Wraps a store. Every operation works until a method of this class makes it fail.
   *
   * @param store the store to wrap
   */
  public FaultyLayerStore(LayerStore store) {
    this.store = store;
  }

  /**
   * Sets the hook that sees the operations from now on.
   *
   * @param hook replaces the previous hook
   * @return this store
   */
  public FaultyLayerStore setHook(OperationHook hook) {
    faults.setHook(hook);
    return this;
  }

  /**
   * Makes one change fail with an {@link InjectedFaultException}. The operations after it work
   * again.
   *
   * @param number the number of the change, from 1
   * @return this store
   */
  public FaultyLayerStore failAt(long number) {
    return failAt(number, FaultKind.INJECTED);
  }

  /**
   * Makes one change fail. The operations after it work again.
   *
   * @param number the number of the change, from 1
   * @param fault how it fails
   * @return this store
   */
  public FaultyLayerStore failAt(long number, FaultKind fault) {
    faults.failAt(number, fault);
    return this;
  }

  /**
   * Makes one change fail, and every operation after it, reads included, as if the process had
   * ended before that change. Only closing still works.
   *
   * @param number the number of the change, from 1
   * @return this store
   */
  public FaultyLayerStore crashAt(long number) {
    faults.crashAt(number);
    return this;
  }

  /**
   * Shuffles listings from now on. Each listing has another order, and the orders depend on the
   * seed only.
   *
   * @param seed the seed of the random order
   * @return this store
   */
  public FaultyLayerStore shuffleListings(long seed) {
    faults.shuffleListings(seed);
    return this;
  }

  /**
   * Returns how many changes were made or attempted, failed ones included.
   *
   * @return the number of changes
   */
  public long changeCount() {
    return faults.changeCount();
  }

  /**
   * Tells whether the change given to {@link #crashAt} has been reached.
   *
   * @return whether this store has crashed
   */
  public boolean hasCrashed() {
    return faults.hasCrashed();
  }

  /**
   * Returns how many directories, streams, claims and holds of this store are open.
   *
   * @return the number of handles
   */
  public int openHandles() {
    return faults.openHandles();
  }

  /**
   * Checks that everything that this store opened is closed.
   *
   * @throws AssertionError if some handles are open; each suppressed exception shows where one was
   *     opened
   */
  public void assertAllClosed() {
    faults.assertAllClosed();
  }

  /**
   * Returns what this store runs its operations through. It has settings for which this class has
   * no methods.
   *
   * @return the same object each time
   */
  public OperationFaults faults() {
    return faults;
  }

  @Override
  public String name() {
    return "faulty-" + store.name();
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
    return faults.run(
        FileOperation.OPEN, root::toString, () -> new FaultyDirectory(faults, store.open(root)));
  }

  @Override
  public Optional<LayerSharing> findSharing(Path root) throws OverlayException {
    return store.findSharing(root);
  }

  @Override
  public Closeable claim(List<OverlaySpec> specs) throws OverlayException {
    return trackClosing(store.claim(specs), "claim");
  }

  @Override
  public void requireVisible(OverlaySpec spec) throws OverlayException {
    store.requireVisible(spec);
  }

  @Override
  public Closeable hold(OverlaySpec spec) throws OverlayException {
    return trackClosing(store.hold(spec), "hold");
  }

  private Closeable trackClosing(Closeable claim, String what) {
    faults.rememberHandle(claim, what);
    return () -> {
      faults.forgetHandle(claim);
      claim.close();
    };
  }
}
