package dev.overlays.merge.run;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Things that are expensive to make, borrowed and given back; as many as are borrowed at once. */
public final class BufferPool<T> {
  private final Queue<T> free = new ConcurrentLinkedQueue<>();
  private final Supplier<T> maker;

  public BufferPool(Supplier<T> maker) {
    this.maker = maker;
  }

  public T borrowOne() {
    T found = free.poll();
    return found != null ? found : maker.get();
  }

  public void giveBack(T borrowed) {
    free.add(borrowed);
  }

  /** Takes out everything that has been given back. */
  public Iterable<T> takeAll() {
    Queue<T> taken = new ConcurrentLinkedQueue<>(free);
    free.clear();
    return taken;
  }
}
