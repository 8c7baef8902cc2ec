package dev.overlays.linux.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.UnmountOptions;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.RootlessBackend;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs the contract of a cache with the rootless backend, whose views only this process sees. */
class RootlessCacheTest extends CacheOnBackend {
  RootlessCacheTest() {
    super(new RootlessBackend());
  }

  /** Other programs see the directory below the view, and may write there at any time. */
  @Test
  void whatOthersWroteBesideTheViewIsKeptAsideByTheNextMount() throws IOException {
    try (Sandbox sandbox = Sandbox.create()) {
      Path instances = sandbox.createDirectory("instances");
      SharedCache cache =
          SharedCache.of(sandbox.createDirectory("lower"), instances)
              .backend("rootless")
              .options(options -> options.withUserXattr(true));
      cache.create("one");
      cache.mountAll();
      Files.writeString(instances.resolve("one/mnts/pid"), "beside");
      cache.unmountAll(UnmountOptions.strict());
      cache.mountAll();
      assertEquals("beside", Files.readString(instances.resolve("one/mnts.overlays-aside-1/pid")));
      cache.unmountAll(UnmountOptions.strict());
    }
  }
}
