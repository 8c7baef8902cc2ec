package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Decides which operations fail, and records what happened. Tests configure it; a {@link
 * FaultyLayerStore} or a wrapped file system runs every operation through it. By default every
 * operation works, and only counts and open handles are recorded.
 *
 * <p>Operations that {@linkplain FileOperation#isChange() change} something are numbered from 1.
 * They run one at a time, with their hooks, even when several threads make them: a hook never sees
 * another change half done. Thread-safe.
 */
public final class OperationFaults {
  private static final FaultyLayerStore.OperationHook NO_HOOK =
      new FaultyLayerStore.OperationHook() {};
  private static final OperationPause NO_PAUSE = (operation, path) -> {};

  private final OpenHandles openHandles = new OpenHandles();
  private final DiskSpace diskSpace = new DiskSpace();
  private final OperationRecording operationLog = new OperationRecording();
  private final Map<FileOperation, AtomicLong> operationCounts = new EnumMap<>(FileOperation.class);
  private volatile FaultyLayerStore.OperationHook hook = NO_HOOK;
  private volatile FaultPlan plan = new FaultPlan();
  private volatile OperationPause delay = NO_PAUSE;
  private volatile SeededOrder shuffler;
  private volatile boolean crashed;
  private final AtomicLong changeCount = new AtomicLong();

  /** Creates an object with which every operation works. */
  public OperationFaults() {
    for (FileOperation operation : FileOperation.values()) {
      operationCounts.put(operation, new AtomicLong());
    }
  }

  /**
   * What an operation does.
   *
   * @param <T> what it returns
   */
  @FunctionalInterface
  public interface OperationBody<T> {
    /**
     * Runs the operation.
     *
     * @return its result
     * @throws IOException if it fails
     */
    T run() throws IOException;
  }

  /** What an operation does that returns nothing. */
  @FunctionalInterface
  public interface VoidOperationBody {
    /**
     * Runs the operation.
     *
     * @throws IOException if it fails
     */
    void run() throws IOException;
  }

  /** Makes operations slow. It is called before each operation, by the thread that makes it. */
  @FunctionalInterface
  public interface OperationPause {
    /**
     * Returns when the operation may begin. Other threads can make operations meanwhile.
     *
     * @param operation the kind of operation
     * @param path the path of the entry, to show to people; {@code old -> new} for a move or a hard
     *     link
     * @throws IOException to make the operation fail
     */
    void awaitStart(FileOperation operation, String path) throws IOException;
  }

  /**
   * Sets the hook that sees the operations from now on.
   *
   * @param newHook replaces the previous hook
   */
  public void setHook(FaultyLayerStore.OperationHook newHook) {
    hook = newHook;
  }

  /**
   * Makes one change fail. The operations after it work again.
   *
   * @param number the number of the change, from 1
   * @param fault how it fails
   */
  public void failAt(long number, FaultKind fault) {
    plan = plan.withFailure(number, fault);
  }

  /**
   * Makes one operation of a kind fail, which may be one that changes nothing. The operations after
   * it work again.
   *
   * @param operation the kind of operation
   * @param number the number of the operation among those of its kind, from 1
   * @param fault how it fails
   */
  public void failAt(FileOperation operation, long number, FaultKind fault) {
    plan = plan.withFailure(operation, number, fault);
  }

  /**
   * Makes one change fail, and every operation after it, reads included. Only closing still works.
   *
   * @param number the number of the change, from 1
   */
  public void crashAt(long number) {
    plan = plan.withCrash(number);
  }

  /**
   * Makes the disk full after a number of bytes have been written to files. A write that does not
   * fit entirely writes what fits. Deleting gives no space back, and names take none.
   *
   * @param bytes how many more bytes can be written
   */
  public void diskFullAfter(long bytes) {
    diskSpace.limitTo(bytes);
  }

  /**
   * Makes operations slow from now on.
   *
   * @param newPause replaces the previous delay
   */
  public void setDelay(OperationPause newPause) {
    delay = newPause;
  }

  /**
   * Shuffles listings from now on. Each listing has another order, and the orders depend on the
   * seed only.
   *
   * @param seed the seed of the random order
   */
  public void shuffleListings(long seed) {
    shuffler = new SeededOrder(seed);
  }

  /** Records every operation from now on. */
  public void startRecording() {
    operationLog.startRecording();
  }

  /**
   * Returns the recorded operations, failed ones included.
   *
   * @return the operations in the order in which they began
   */
  public List<RecordedOperation> recordedOperations() {
    return operationLog.recordedOperations();
  }

  /**
   * Returns how many changes were made or attempted, failed ones included.
   *
   * @return the number of changes
   */
  public long changeCount() {
    return changeCount.get();
  }

  /**
   * Tells whether the change given to {@link #crashAt} has been reached.
   *
   * @return whether every operation fails now
   */
  public boolean hasCrashed() {
    return crashed;
  }

  /**
   * Returns how many handles are open.
   *
   * @return the number of handles
   */
  public int openHandles() {
    return openHandles.openCount();
  }

  /**
   * Checks that every handle that was opened is closed.
   *
   * @throws AssertionError if some are open; each suppressed exception shows where one was opened
   */
  public void assertAllClosed() {
    openHandles.assertAllClosed();
  }

  /**
   * Remembers an open handle and the place of this call, until the handle is closed.
   *
   * @param handle the handle; its class must not define equality
   * @param what what it is, to show to people
   */
  public void rememberHandle(Object handle, String what) {
    openHandles.rememberHandle(handle, what);
  }

  /**
   * Forgets a handle that was closed.
   *
   * @param handle a handle that was opened
   */
  public void forgetHandle(Object handle) {
    openHandles.forgetHandle(handle);
  }

  /**
   * Takes disk space for bytes that are to be written.
   *
   * @param bytes how many bytes
   * @return how many of them fit
   */
  public long takeSpace(long bytes) {
    return diskSpace.takeBytes(bytes);
  }

  /**
   * Takes disk space for bytes that are to be written, or fails if they do not all fit.
   *
   * @param bytes how many bytes
   * @param path the path of the file, to show to people
   * @throws IOException if there is not enough space
   */
  public void takeAllSpace(long bytes, String path) throws IOException {
    if (takeSpace(bytes) < bytes) {
      throw FaultKind.NO_SPACE.newException("", path);
    }
  }

  /**
   * Gives back disk space that was taken and not needed.
   *
   * @param bytes how many bytes
   */
  public void giveBackSpace(long bytes) {
    diskSpace.giveBackBytes(bytes);
  }

  /**
   * Returns how many bytes can still be written.
   *
   * @return {@link Long#MAX_VALUE} unless a limit was set
   */
  public long freeSpace() {
    return diskSpace.bytesLeft();
  }

  /**
   * Shuffles a listing, if listings are shuffled.
   *
   * @param sorted the entries, sorted, so that the result depends on the seed only; it is changed
   * @param <T> the type of an entry
   */
  public <T> void shuffleListing(List<T> sorted) {
    SeededOrder order = shuffler;
    if (order != null) {
      order.shuffleListing(sorted);
    }
  }

  /**
   * Tells whether listings are shuffled.
   *
   * @return whether they are
   */
  public boolean shufflesListings() {
    return shuffler != null;
  }

  /**
   * Fails after a crash.
   *
   * @throws InjectedFaultException if there was one
   */
  public void throwIfCrashed() throws InjectedFaultException {
    if (crashed) {
      throw new InjectedFaultException("crashed before");
    }
  }

  /**
   * Wraps a channel, so that its reads and writes run as operations.
   *
   * @param channel an open channel
   * @param path the path of its file, to show to people
   * @return a channel that counts as an open handle until it is closed
   */
  public FileChannel wrapChannel(FileChannel channel, String path) {
    return new FaultyFileChannel(channel, this, path);
  }

  /**
   * Runs an operation, or makes it fail.
   *
   * @param operation the kind of operation
   * @param path the path of the entry, to show to people; {@code old -> new} for a move or a hard
   *     link
   * @param action what it does
   * @param <T> what it returns; if the hook throws afterwards, an {@link AutoCloseable} is closed
   * @return the result of the action
   * @throws IOException if the action throws it, or if the operation is made to fail
   */
  public <T> T run(FileOperation operation, Supplier<String> path, OperationBody<T> action)
      throws IOException {
    throwIfCrashed();
    if (!operation.isChange() && isUnobserved() && !plan.plansFailureOf(operation)) {
      countOperation(operation);
      return action.run();
    }
    String told = path.get();
    delay.awaitStart(operation, told);
    return operation.isChange()
        ? runChange(operation, told, action)
        : runReading(operation, told, action);
  }

  /** Reads are frequent, and building the path takes longer than many of them. */
  private boolean isUnobserved() {
    return hook == NO_HOOK && delay == NO_PAUSE && !operationLog.isOn();
  }

  private long countOperation(FileOperation operation) {
    return operationCounts.get(operation).incrementAndGet();
  }

  /**
   * Runs an operation that returns nothing, or makes it fail.
   *
   * @param operation the kind of operation
   * @param path the path of the entry, to show to people; {@code old -> new} for a move or a hard
   *     link
   * @param step what it does
   * @throws IOException if the step throws it, or if the operation is made to fail
   */
  public void run(FileOperation operation, Supplier<String> path, VoidOperationBody step)
      throws IOException {
    OperationBody<FileOperation> action =
        () -> {
          step.run();
          return operation;
        };
    run(operation, path, action);
  }

  private <T> T runReading(FileOperation operation, String path, OperationBody<T> action)
      throws IOException {
    operationLog.addOperation(operation, path);
    plan.failIfPlanned(operation, countOperation(operation), path);
    hook.beforeReading(operation, path);
    return action.run();
  }

  private synchronized <T> T runChange(
      FileOperation operation, String path, OperationBody<T> action) throws IOException {
    throwIfCrashed();
    operationLog.addOperation(operation, path);
    long number = changeCount.incrementAndGet();
    crashed = plan.isCrash(number);
    plan.failIfPlanned(number, operation, path);
    plan.failIfPlanned(operation, countOperation(operation), path);
    hook.beforeChange(operation, path);
    T made = action.run();
    try {
      hook.afterChange(operation, path);
    } catch (IOException | RuntimeException | Error e) {
      // The caller never gets what was opened, so it cannot close it itself.
      if (made instanceof AutoCloseable opened) {
        closeAfterFailure(opened, e);
      }
      throw e;
    }
    return made;
  }

  private static void closeAfterFailure(AutoCloseable opened, Throwable failure) {
    try {
      opened.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }
}
