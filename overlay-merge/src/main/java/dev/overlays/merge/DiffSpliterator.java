package dev.overlays.merge;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A walk as a stream. */
final class DiffSpliterator extends Spliterators.AbstractSpliterator<Change> {
  private final DiffWalk walk;

  private DiffSpliterator(DiffWalk walk) {
    super(Long.MAX_VALUE, ORDERED | NONNULL | IMMUTABLE);
    this.walk = walk;
  }

  static Stream<Change> stream(DiffWalk walk) {
    return StreamSupport.stream(new DiffSpliterator(walk), false).onClose(() -> close(walk));
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean tryAdvance(Consumer<? super Change> action) {
    Change change;
    try {
      change = walk.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (change == null) {
      return false;
    }
    action.accept(change);
    return true;
  }
}
