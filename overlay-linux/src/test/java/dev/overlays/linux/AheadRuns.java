package dev.overlays.linux;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs ahead of the tests that ask what came out, as many at once as there are processors: for
 * processes that see nothing of each other.
 */
public final class AheadRuns implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

  /** Begins the run of each case, and returns the tests that check what came out. */
  public <C, R> Stream<DynamicTest> testEach(
      Collection<C> cases, Function<C, Callable<R>> runs, BiConsumer<C, R> check) {
    Map<C, Future<R>> results = new LinkedHashMap<>();
    cases.forEach(each -> results.put(each, threads.submit(runs.apply(each))));
    return results.entrySet().stream()
        .map(
            result ->
                dynamicTest(
                    result.getKey().toString(),
                    () -> check.accept(result.getKey(), result.getValue().get())));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
