package dev.overlays.testkit.layer;

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

/**
 * Another store whose operations are counted, seen, and made to fail. It tells a test what happens
 * to whatever works on layers when any single operation fails, or when the machine stops at it.
 *
 * <p>Operations that {@linkplain FileOperation#isChange() change} something are counted from 1.
 * Whoever checks something in a {@link OperationHook} does it through the other store, or the check
 * is seen, too. Of several threads one operation is made at a time, from before its hook until
 * after it: a hook never sees half of another one.
 */
public final class FaultyLayerStore implements LayerStore {
  private final LayerStore store;
  private final OperationFaults faults = new OperationFaults();

  /** Sees every operation. What it throws is what the operation throws. */
  public interface OperationHook {
    /**
     * Called before an operation that changes nothing, by several threads at once.
     *
     * @param operation its kind
     * @param path the path of the entry for people
     * @throws IOException if the operation is to fail
     */
    default void reading(FileOperation operation, String path) throws IOException {}

    /**
     * Called before an operation that changes something; one that is made to fail is not seen.
     *
     * @param operation its kind
     * @param path the path of the entry for people; of a move or a new name {@code old -> new}
     * @throws IOException if the operation is to fail, and not to happen
     */
    default void before(FileOperation operation, String path) throws IOException {}

    /**
     * Called after an operation that happened.
     *
     * @param operation its kind
     * @param path the path of the entry for people; of a move or a new name {@code old -> new}
     * @throws IOException if the operation is to fail although it has happened
     */
    default void after(FileOperation operation, String path) throws IOException {}
  }

  /**
   * Makes a store that does what another does, until told to fail.
   *
   * @param store the other one
   */
  public FaultyLayerStore(LayerStore store) {
    this.store = store;
  }

  /**
   * Sets who sees the operations from now on.
   *
   * @param hook in place of the one before
   * @return this store
   */
  public FaultyLayerStore hook(OperationHook hook) {
    faults.hook(hook);
    return this;
  }

  /**
   * Makes one operation fail; those after it work again.
   *
   * @param number which one, 1 for the first one of this store
   * @return this store
   */
  public FaultyLayerStore failAt(long number) {
    return failAt(number, FaultKind.INJECTED);
  }

  /**
   * Makes one operation fail in a way of some kind; those after it work again.
   *
   * @param number which one, 1 for the first one of this store
   * @param fault in which way
   * @return this store
   */
  public FaultyLayerStore failAt(long number, FaultKind fault) {
    faults.failAt(number, fault);
    return this;
  }

  /**
   * Makes one operation fail, and from then on everything but closing, reading included: as if the
   * process had ended before that operation.
   *
   * @param number which one, 1 for the first one of this store
   * @return this store
   */
  public FaultyLayerStore crashAt(long number) {
    faults.crashAt(number);
    return this;
  }

  /**
   * Gives listings an order that depends on the seed only, and is another each time.
   *
   * @param seed where the order comes from
   * @return this store
   */
  public FaultyLayerStore shuffled(long seed) {
    faults.shuffled(seed);
    return this;
  }

  /**
   * Returns how many operations there were, the failed ones included.
   *
   * @return the number of operations
   */
  public long operations() {
    return faults.operations();
  }

  /**
   * Tells whether the operation has been reached at which all ends.
   *
   * @return whether this store has crashed
   */
  public boolean crashed() {
    return faults.crashed();
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
   * Checks that everything opened by this store is closed.
   *
   * @throws AssertionError if something is not, with the place where each was opened
   */
  public void assertAllClosed() {
    faults.assertAllClosed();
  }

  /**
   * Returns what decides over the operations of this store, and keeps them: more of it than this
   * class has methods for.
   *
   * @return the same each time
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
  public Optional<Problem> declines(Path root) {
    return store.declines(root);
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return faults.run(
        FileOperation.OPEN, root::toString, () -> new FaultyDirectory(faults, store.open(root)));
  }

  @Override
  public Closeable claim(List<OverlaySpec> specs) throws OverlayException {
    return watched(store.claim(specs), "claim");
  }

  @Override
  public void requireVisible(OverlaySpec spec) throws OverlayException {
    store.requireVisible(spec);
  }

  @Override
  public Closeable hold(OverlaySpec spec) throws OverlayException {
    return watched(store.hold(spec), "hold");
  }

  private Closeable watched(Closeable claim, String what) {
    faults.opened(claim, what);
    return () -> {
      faults.closed(claim);
      claim.close();
    };
  }
}
