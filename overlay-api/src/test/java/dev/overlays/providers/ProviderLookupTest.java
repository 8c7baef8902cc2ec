package dev.overlays.providers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
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
class ProviderLookupTest {
  @TempDir Path directory;

  /** A service of this test. */
  public interface TestService {
    int priority();
  }

  /** Works. */
  public static class LowProvider implements TestService {
    @Override
    public int priority() {
      return 1;
    }
  }

  /** Works, and comes first. */
  public static class HighProvider implements TestService {
    @Override
    public int priority() {
      return 2;
    }
  }

  /** Cannot be made. */
  public static class ThrowingProvider implements TestService {
    public ThrowingProvider() {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public int priority() {
      return 3;
    }
  }

  /** Is no provider of the service at all. */
  public static class UnrelatedClass {}

  private FoundProviders<TestService> loadListed(String... lines) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.write(services.resolve(TestService.class.getName()), List.of(lines));
    URL[] urls = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, TestService.class.getClassLoader())) {
      // Both find the same ones, as where the library and its caller share a class loader.
      return lookupBy(loader).findProviders();
    }
  }

  private static ProviderLookup<TestService> lookupBy(ClassLoader loader) {
    return new ProviderLookup<>(
        ServiceLoader.load(TestService.class, loader),
        ServiceLoader.load(TestService.class, loader),
        Comparator.comparingInt(TestService::priority).reversed());
  }

  private static List<Integer> prioritiesOf(FoundProviders<TestService> providers) {
    return providers.working().stream().map(TestService::priority).toList();
  }

  @Test
  void listsTheBestFirstAndEachOnce() throws IOException {
    FoundProviders<TestService> providers =
        loadListed(LowProvider.class.getName(), HighProvider.class.getName());
    assertEquals(List.of(2, 1), prioritiesOf(providers));
    assertEquals(List.of(), providers.broken());
  }

  @Test
  void aBrokenProviderDoesNotHideTheOthers() throws IOException {
    FoundProviders<TestService> providers =
        loadListed(
            LowProvider.class.getName(),
            "missing.Provider",
            ThrowingProvider.class.getName(),
            UnrelatedClass.class.getName(),
            HighProvider.class.getName());
    assertEquals(List.of(2, 1), prioritiesOf(providers));
    assertEquals(3, providers.broken().size(), providers.broken()::toString);
    assertTrue(providers.broken().toString().contains("missing.Provider"));
    assertTrue(providers.broken().toString().contains("Throwing"));
  }

  /** As where no file can be opened for a while. */
  @Test
  void aBrokenProviderIsTriedAgainAndTheOthersStay() throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Path file = services.resolve(TestService.class.getName());
    Files.write(file, List.of(LowProvider.class.getName(), "missing.Provider"));
    URL[] urls = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, TestService.class.getClassLoader())) {
      ProviderLookup<TestService> lookup = lookupBy(loader);
      FoundProviders<TestService> first = lookup.findProviders();
      assertEquals(1, first.broken().size());
      Files.write(file, List.of(LowProvider.class.getName(), HighProvider.class.getName()));
      FoundProviders<TestService> second = lookup.findProviders();
      assertEquals(List.of(), second.broken());
      assertEquals(List.of(2, 1), prioritiesOf(second));
      assertSame(first.working().get(0), second.working().get(1));
      assertSame(second, lookup.findProviders());
    }
  }
}
