package dev.overlays.merge.diff;

import dev.overlays.merge.report.Change;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A diff as a stream. */
public final class DiffSpliterator extends Spliterators.AbstractSpliterator<Change> {
  private final DiffRun run;

  private DiffSpliterator(DiffRun run) {
    super(Long.MAX_VALUE, ORDERED | NONNULL | IMMUTABLE);
    this.run = run;
  }

  public static Stream<Change> streamOf(DiffRun run) {
    return StreamSupport.stream(new DiffSpliterator(run), false).onClose(() -> close(run));
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
      change = run.nextChange();
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
