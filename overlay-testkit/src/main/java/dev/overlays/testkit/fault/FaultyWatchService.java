package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A watch service that returns paths of this file system. */
final class FaultyWatchService implements WatchService {
  private final FaultyFileSystem fileSystem;
  private final WatchService inner;
  private final Map<WatchKey, RegisteredKey> keys = new ConcurrentHashMap<>();

  FaultyWatchService(FaultyFileSystem fileSystem, WatchService inner) {
    this.fileSystem = fileSystem;
    this.inner = inner;
    fileSystem.faults().rememberHandle(this, "watch service");
  }

  boolean isOf(FaultyFileSystem other) {
    return fileSystem == other;
  }

  WatchKey registerDirectory(
      FaultyPath directory, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    WatchKey key =
        fileSystem
            .faults()
            .run(
                FileOperation.OPEN,
                directory::toString,
                () -> directory.wrappedPath().register(inner, events, modifiers));
    return keys.computeIfAbsent(key, unseen -> new RegisteredKey(key, directory));
  }

  private WatchKey wrappedKey(WatchKey key) {
    return key == null ? null : keys.get(key);
  }

  @Override
  public WatchKey poll() {
    return wrappedKey(inner.poll());
  }

  @Override
  public WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
    return wrappedKey(inner.poll(timeout, unit));
  }

  @Override
  public WatchKey take() throws InterruptedException {
    return wrappedKey(inner.take());
  }

  @Override
  public void close() throws IOException {
    fileSystem.faults().forgetHandle(this);
    inner.close();
  }

  /** An event with a path of this file system. */
  private record WatchedEvent<T>(Kind<T> kind, int count, T context) implements WatchEvent<T> {
    /** Wraps an event, if its context is a path. */
    @SuppressWarnings("unchecked") // Kinds of events about paths have paths.
    static <T> WatchEvent<T> of(WatchEvent<T> event, FaultyFileSystem fileSystem) {
      return event.context() instanceof Path path
          ? new WatchedEvent<>(event.kind(), event.count(), (T) fileSystem.wrap(path))
          : event;
    }
  }

  /** A key whose directory is a path of this file system. */
  private record RegisteredKey(WatchKey key, FaultyPath directory) implements WatchKey {
    @Override
    public boolean isValid() {
      return key.isValid();
    }

    @Override
    public List<WatchEvent<?>> pollEvents() {
      return key.pollEvents().stream()
          .<WatchEvent<?>>map(event -> WatchedEvent.of(event, directory.getFileSystem()))
          .toList();
    }

    @Override
    public boolean reset() {
      return key.reset();
    }

    @Override
    public void cancel() {
      key.cancel();
    }

    @Override
    public Watchable watchable() {
      return directory;
    }
  }
}
