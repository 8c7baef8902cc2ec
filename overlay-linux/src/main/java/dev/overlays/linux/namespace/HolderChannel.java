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
 * The pipe to the shell of a namespace: one exchange of command and answer after the other, by a
 * dedicated thread. Callers wait no longer than the limit. A command that was sent cannot be
 * withdrawn: a stopped shell runs it when it continues, and its late answer is read then, so that
 * it is not mistaken for the next one. Thread-safe.
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

  /** Whether an answer is outstanding that nobody waits for any more. */
  boolean isSilent() {
    return abandoned.get() > 0;
  }

  /**
   * Makes an exchange. The limit applies to the shell's silence: as long as it answers earlier
   * exchanges, the wait continues. If the shell is already silent, the wait is shorter.
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

  /** Queues an exchange that nobody waits for. */
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

  /** Gives up an exchange. One that has not begun never will. */
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
      // The task is done, so this does not happen.
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Sends bytes to the shell. */
  void tellShell(byte[]... words) throws IOException {
    try {
      for (byte[] part : words) {
        commands.write(part);
      }
      commands.flush();
    } catch (IOException e) {
      // The shell has ended and may have printed the reason.
      readUntil("\0");
      throw e;
    }
  }

  void tellShell(String words) throws IOException {
    tellShell(words.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads up to a mark, and returns the text before it. */
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
      // The first character of each mark occurs only once in it.
      matched = b == last[matched] ? matched + 1 : b == last[0] ? 1 : 0;
    }
    String all = said.toString(StandardCharsets.UTF_8);
    return all.substring(0, all.length() - end.length());
  }

  /** Sends the last command, unless the shell is silent. Called once, before the shell ends. */
  void sendLastCommand(String words) {
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
      // The shell has ended by itself or does not read.
    }
  }

  /** Closes both pipes after the shell has ended. */
  @Override
  public void close() {
    speaker.shutdown();
    try (commands;
        answers) {
      // Errors on these pipes no longer matter.
    } catch (IOException e) {
      // The pipe is broken, as the shell is gone.
    }
  }
}
