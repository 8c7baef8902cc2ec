package dev.overlays.providers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers of a service, of which some are broken. */
class ProvidersTest {
  @TempDir Path directory;

  /** A service of this test. */
  public interface Service {
    int priority();
  }

  /** Works. */
  public static class Low implements Service {
    @Override
    public int priority() {
      return 1;
    }
  }

  /** Works, and comes first. */
  public static class High implements Service {
    @Override
    public int priority() {
      return 2;
    }
  }

  /** Cannot be made. */
  public static class Throwing implements Service {
    public Throwing() {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public int priority() {
      return 3;
    }
  }

  /** Is no provider of the service at all. */
  public static class Unrelated {}

  private Providers<Service> load(String... lines) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.write(services.resolve(Service.class.getName()), List.of(lines));
    URL[] urls = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, Service.class.getClassLoader())) {
      // Both find the same ones, as where the library and its caller share a class loader.
      return Providers.load(
          ServiceLoader.load(Service.class, loader),
          ServiceLoader.load(Service.class, loader),
          Comparator.comparingInt(Service::priority).reversed());
    }
  }

  private static List<Integer> priorities(Providers<Service> providers) {
    return providers.working().stream().map(Service::priority).toList();
  }

  @Test
  void bestFirstAndEachOnce() throws IOException {
    Providers<Service> providers = load(Low.class.getName(), High.class.getName());
    assertEquals(List.of(2, 1), priorities(providers));
    assertEquals(List.of(), providers.broken());
  }

  @Test
  void aBrokenOneDoesNotTakeTheOthersAway() throws IOException {
    Providers<Service> providers =
        load(
            Low.class.getName(),
            "missing.Provider",
            Throwing.class.getName(),
            Unrelated.class.getName(),
            High.class.getName());
    assertEquals(List.of(2, 1), priorities(providers));
    assertEquals(3, providers.broken().size(), providers.broken()::toString);
    assertTrue(providers.broken().toString().contains("missing.Provider"));
    assertTrue(providers.broken().toString().contains("Throwing"));
  }
}
