package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Says which operations fail, and keeps what happened: the one side is for tests, the other for
 * whatever makes the operations, a {@link FaultyLayerStore} or a file system that is wrapped. By
 * default everything works, and nothing is kept but numbers and open handles.
 *
 * <p>Numbers of operations count those that {@linkplain Operation#isChange() change} something,
 * from 1. Of several threads one such operation is made at a time, from before its hook until after
 * it: a hook never sees half of another one. Thread-safe.
 */
public final class Faults {
  private static final FaultyLayerStore.Hook NO_HOOK = new FaultyLayerStore.Hook() {};
  private static final Pause NO_PAUSE = (operation, path) -> {};

  private final OpenHandles handles = new OpenHandles();
  private final DiskSpace space = new DiskSpace();
  private final Recording recording = new Recording();
  private final Map<Operation, AtomicLong> counts = new EnumMap<>(Operation.class);
  private volatile FaultyLayerStore.Hook hook = NO_HOOK;
  private volatile FaultPlan plan = new FaultPlan();
  private volatile Pause pause = NO_PAUSE;
  private volatile Shuffle shuffle;
  private volatile boolean crashed;
  private final AtomicLong count = new AtomicLong();

  /** Makes one that lets everything happen. */
  public Faults() {
    for (Operation operation : Operation.values()) {
      counts.put(operation, new AtomicLong());
    }
  }

  /**
   * What an operation does.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Action<T> {
    /**
     * Does it.
     *
     * @return what comes of it
     * @throws IOException if it fails
     */
    T run() throws IOException;
  }

  /** What an operation does that gives nothing. */
  @FunctionalInterface
  public interface Step {
    /**
     * Does it.
     *
     * @throws IOException if it fails
     */
    void run() throws IOException;
  }

  /** Makes operations slow: called before each, by the thread that makes it. */
  @FunctionalInterface
  public interface Pause {
    /**
     * Comes back when the operation may begin. Others can be made meanwhile.
     *
     * @param operation its kind
     * @param path the path of the entry for people; of a move or a new name {@code old -> new}
     * @throws IOException if the operation is to fail
     */
    void before(Operation operation, String path) throws IOException;
  }

  /**
   * Sets who sees the operations from now on.
   *
   * @param newHook in place of the one before
   */
  public void hook(FaultyLayerStore.Hook newHook) {
    hook = newHook;
  }

  /**
   * Makes one operation fail; those after it work again.
   *
   * @param number which one of those that change something
   * @param fault in which way
   */
  public void failAt(long number, Fault fault) {
    plan = plan.failing(number, fault);
  }

  /**
   * Makes one operation of a kind fail, also one that changes nothing; those after it work again.
   *
   * @param operation which kind
   * @param number which one of that kind, 1 for the first
   * @param fault in which way
   */
  public void failAt(Operation operation, long number, Fault fault) {
    plan = plan.failing(operation, number, fault);
  }

  /**
   * Makes one operation fail, and from then on everything but closing, reading included.
   *
   * @param number which one of those that change something
   */
  public void crashAt(long number) {
    plan = plan.crashing(number);
  }

  /**
   * Makes the disk full when so many more bytes have been written to files. A write that fits in
   * part is made in part; nothing that is deleted gives space back, and names take none.
   *
   * @param bytes how many bytes there is space for
   */
  public void diskFullAfter(long bytes) {
    space.limit(bytes);
  }

  /**
   * Makes operations slow from now on.
   *
   * @param newPause in place of the one before
   */
  public void slow(Pause newPause) {
    pause = newPause;
  }

  /**
   * Gives listings an order that depends on the seed only, and is another each time.
   *
   * @param seed where the order comes from
   */
  public void shuffled(long seed) {
    shuffle = new Shuffle(seed);
  }

  /** Keeps every operation from now on. */
  public void record() {
    recording.start();
  }

  /**
   * Returns the operations that were kept, those that failed included.
   *
   * @return in the order in which they began
   */
  public List<RecordedOperation> recorded() {
    return recording.operations();
  }

  /**
   * Returns how many operations there were that change something, the failed ones included.
   *
   * @return the number of operations
   */
  public long operations() {
    return count.get();
  }

  /**
   * Tells whether the operation has been reached at which all ends.
   *
   * @return whether it has
   */
  public boolean crashed() {
    return crashed;
  }

  /**
   * Returns how many handles are open.
   *
   * @return the number of handles
   */
  public int openHandles() {
    return handles.count();
  }

  /**
   * Checks that everything that was opened is closed.
   *
   * @throws AssertionError if something is not, with the place where each was opened
   */
  public void assertAllClosed() {
    handles.assertAllClosed();
  }

  /**
   * Remembers a handle, and where this was called, until it is closed.
   *
   * @param handle whose class does not define equality
   * @param what what it is, for people
   */
  public void opened(Object handle, String what) {
    handles.opened(handle, what);
  }

  /**
   * Forgets a handle.
   *
   * @param handle one that was opened
   */
  public void closed(Object handle) {
    handles.closed(handle);
  }

  /**
   * Takes space for bytes that are to be written.
   *
   * @param bytes how many
   * @return how many there is space for, at most as many
   */
  public long take(long bytes) {
    return space.take(bytes);
  }

  /**
   * Takes space for bytes that are to be written, or fails if they do not all fit.
   *
   * @param bytes how many bytes
   * @param path the path of the file, to show to people
   * @throws IOException if there is not enough space
   */
  public void takeAllSpace(long bytes, String path) throws IOException {
    if (take(bytes) < bytes) {
      throw Fault.NO_SPACE.exception("", path);
    }
  }

  /**
   * Gives space back that was taken and not needed.
   *
   * @param bytes how many
   */
  public void giveBack(long bytes) {
    space.giveBack(bytes);
  }

  /**
   * Returns how many bytes can still be written.
   *
   * @return {@link Long#MAX_VALUE} unless a limit was set
   */
  public long freeSpace() {
    return space.left();
  }

  /**
   * Gives a listing its order.
   *
   * @param sorted the entries in an order that is always the same; changed
   * @param <T> the type of an entry
   */
  public <T> void shuffle(List<T> sorted) {
    Shuffle order = shuffle;
    if (order != null) {
      order.shuffle(sorted);
    }
  }

  /**
   * Tells whether listings have an order of their own.
   *
   * @return whether they are shuffled
   */
  public boolean isShuffled() {
    return shuffle != null;
  }

  /**
   * Fails after a crash.
   *
   * @throws InjectedFaultException if it is over
   */
  public void alive() throws InjectedFaultException {
    if (crashed) {
      throw new InjectedFaultException("crashed before");
    }
  }

  /**
   * Makes the reads and writes of a channel operations.
   *
   * @param channel an open channel
   * @param path the path of the file for people
   * @return a channel that counts as open until it is closed
   */
  public FileChannel watch(FileChannel channel, String path) {
    return new FaultyFileChannel(channel, this, path);
  }

  /**
   * Makes an operation, or makes it fail.
   *
   * @param operation its kind
   * @param path the path of the entry for people; of a move or a new name {@code old -> new}
   * @param action what it does
   * @param <T> what comes of it; if it is closeable, it is closed when the hook throws afterwards
   * @return what came of it
   * @throws IOException what it throws, or what it is made to throw
   */
  public <T> T run(Operation operation, Supplier<String> path, Action<T> action)
      throws IOException {
    alive();
    if (!operation.isChange() && isUnwatched() && !plan.concerns(operation)) {
      counted(operation);
      return action.run();
    }
    String told = path.get();
    pause.before(operation, told);
    return operation.isChange() ? change(operation, told, action) : read(operation, told, action);
  }

  /** Reading is frequent, and to make a path for people takes longer than many a read. */
  private boolean isUnwatched() {
    return hook == NO_HOOK && pause == NO_PAUSE && !recording.isOn();
  }

  private long counted(Operation operation) {
    return counts.get(operation).incrementAndGet();
  }

  /**
   * Makes an operation that gives nothing, or makes it fail.
   *
   * @param operation its kind
   * @param path the path of the entry for people; of a move or a new name {@code old -> new}
   * @param step what it does
   * @throws IOException what it throws, or what it is made to throw
   */
  public void run(Operation operation, Supplier<String> path, Step step) throws IOException {
    Action<Operation> action =
        () -> {
          step.run();
          return operation;
        };
    run(operation, path, action);
  }

  private <T> T read(Operation operation, String path, Action<T> action) throws IOException {
    recording.add(operation, path);
    plan.check(operation, counted(operation), path);
    hook.reading(operation, path);
    return action.run();
  }

  private synchronized <T> T change(Operation operation, String path, Action<T> action)
      throws IOException {
    alive();
    recording.add(operation, path);
    long number = count.incrementAndGet();
    crashed = plan.isCrash(number);
    plan.check(number, operation, path);
    plan.check(operation, counted(operation), path);
    hook.before(operation, path);
    T made = action.run();
    try {
      hook.after(operation, path);
    } catch (IOException | RuntimeException | Error e) {
      // The caller never gets what was opened, so it cannot close it.
      if (made instanceof AutoCloseable opened) {
        close(opened, e);
      }
      throw e;
    }
    return made;
  }

  private static void close(AutoCloseable opened, Throwable failure) {
    try {
      opened.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }
}
