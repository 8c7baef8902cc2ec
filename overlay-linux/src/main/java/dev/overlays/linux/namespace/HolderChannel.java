package dev.overlays.linux.namespace;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is said to the shell of a namespace, and what it answers: one exchange after the other, by a
 * thread that does nothing else. Callers wait for it no longer than the limit. What has been said
 * cannot be taken back: a shell that is stopped does it when it goes on. Its answer is read by
 * then, so that the next one is not taken for it. Thread-safe.
 */
final class HolderChannel implements AutoCloseable {
  /** The property that sets the longest wait, in milliseconds. */
  static final String LIMIT_PROPERTY = "dev.overlays.holder.limit";

  private static final long USUAL_LIMIT = 10_000;

  private final OutputStream commands;
  private final InputStream answers;
  private final ExecutorService speaker;
  private final AtomicInteger abandoned = new AtomicInteger();
  private final AtomicLong answered = new AtomicLong();

  HolderChannel(Process process) {
    commands = process.getOutputStream();
    answers = process.getInputStream();
    speaker =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "overlays-holder-" + process.pid());
              thread.setDaemon(true);
              return thread;
            });
  }

  static BoundedWait timeLimit() {
    return new BoundedWait(Duration.ofMillis(Long.getLong(LIMIT_PROPERTY, USUAL_LIMIT)));
  }

  /** Whether an answer is missing that nobody waits for any more. */
  boolean isSilent() {
    return abandoned.get() > 0;
  }

  /**
   * Makes an exchange. The limit is one of the shell's silence: as long as it answers others, whose
   * turn was before, the wait goes on. Who comes when it has been silent before waits for a shorter
   * time.
   *
   * @param exchange uses {@link #tellShell} and {@link #readUntil}
   * @throws HolderSilentException if it is not done in time
   */
  <T> T exchangeWords(Callable<T> exchange) throws IOException {
    FutureTask<T> result =
        new FutureTask<>(
            () -> {
              T answer = exchange.call();
              answered.incrementAndGet();
              return answer;
            });
    scheduleTask(result);
    BoundedWait limit = isSilent() ? timeLimit().shortenedWait() : timeLimit();
    long before = answered.get();
    while (!limit.waitUntil(nanos -> isDone(result, nanos))) {
      long now = answered.get();
      if (now == before || Thread.currentThread().isInterrupted()) {
        abandonTask(result);
        throw new HolderSilentException();
      }
      before = now;
    }
    return resultOf(result);
  }

  /** Makes an exchange that nobody waits for. */
  void postTask(Callable<?> exchange) throws IOException {
    scheduleTask(new FutureTask<>(exchange));
  }

  private void scheduleTask(FutureTask<?> task) throws IOException {
    try {
      speaker.execute(task);
    } catch (RejectedExecutionException e) {
      throw new IOException("it has been ended", e);
    }
  }

  private static boolean isDone(Future<?> result, long nanos) throws InterruptedException {
    try {
      result.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** One that has not begun never will. */
  private void abandonTask(Future<?> result) throws IOException {
    result.cancel(false);
    abandoned.incrementAndGet();
    scheduleTask(new FutureTask<>(abandoned::decrementAndGet));
  }

  private static <T> T resultOf(Future<T> result) throws IOException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw new IOException(failure.getMessage(), failure);
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      // It is done, so it was not waited for.
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Says something. */
  void tellShell(byte[]... words) throws IOException {
    try {
      for (byte[] part : words) {
        commands.write(part);
      }
      commands.flush();
    } catch (IOException e) {
      // It has ended, and may have said why.
      readUntil("\0");
      throw e;
    }
  }

  void tellShell(String words) throws IOException {
    tellShell(words.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads up to a mark, and returns what came before it. */
  String readUntil(String end) throws IOException {
    byte[] last = end.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < last.length) {
      int b = answers.read();
      if (b < 0) {
        String words = said.toString(StandardCharsets.UTF_8).strip();
        throw new IOException(words.isEmpty() ? "it has ended" : words);
      }
      said.write(b);
      // All marks begin with what they do not hold a second time.
      matched = b == last[matched] ? matched + 1 : b == last[0] ? 1 : 0;
    }
    String all = said.toString(StandardCharsets.UTF_8);
    return all.substring(0, all.length() - end.length());
  }

  /** Says the last words, unless the shell is silent; to be called once, before it ends. */
  void sayFarewell(String words) {
    try {
      if (!isSilent()) {
        exchangeWords(
            () -> {
              tellShell(words);
              commands.close();
              return null;
            });
      }
    } catch (IOException e) {
      // It has ended by itself, or will not listen.
    }
  }

  /** Closes both ends, when the shell has ended. */
  @Override
  public void close() {
    speaker.shutdown();
    try (commands;
        answers) {
      // Whatever is wrong with them does not matter any more.
    } catch (IOException e) {
      // The pipe is broken, as the shell is gone.
    }
  }
}
