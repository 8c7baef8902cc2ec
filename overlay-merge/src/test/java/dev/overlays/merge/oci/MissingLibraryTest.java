package dev.overlays.merge.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without a library that archives need, the refusal names it, and everything else works. */
class MissingLibraryTest {

  @ParameterizedTest
  @CsvSource({
    "org.apache.commons.compress, GZIP, org.apache.commons:commons-compress",
    "org.apache.commons.lang3, GZIP, org.apache.commons:commons-lang3",
    "com.github.luben.zstd, ZSTD, com.github.luben:zstd-jni",
    "com.github.luben.zstd, GZIP, works",
    "tools.jackson, GZIP, works",
    "land.oras, GZIP, works"
  })
  void refusalNamesTheMissingLibrary(String missing, String compression, String mentioned)
      throws Exception {
    assertAnswers(missing, RoundTrip.class, compression, mentioned, mentioned);
  }

  @ParameterizedTest
  @CsvSource({
    "tools.jackson.core, tools.jackson.core:jackson-core, tools.jackson.core:jackson-core",
    "land.oras, works, land.oras:oras-java-sdk",
    "io.micrometer, works, io/micrometer",
    "org.bouncycastle, works, registry-not-reached"
  })
  void refusalOfImagesNamesTheMissingLibrary(String missing, String layout, String registry)
      throws Exception {
    assertAnswers(missing, ImageTravel.class, "NONE", layout, registry);
  }

  private static void assertAnswers(
      String missing, Class<?> journey, String compression, String first, String second)
      throws Exception {
    URL[] classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(MissingLibraryTest::toUrl)
            .toArray(URL[]::new);
    try (HidingClassLoader loader = new HidingClassLoader(classPath, missing)) {
      Class<?> travel = loader.loadClass(journey.getName());
      @SuppressWarnings("unchecked")
      Callable<String> there =
          (Callable<String>) travel.getConstructor(String.class).newInstance(compression);
      List<String> answers = there.call().lines().toList();
      assertEquals(2, answers.size(), answers.toString());
      assertAnswer(first, answers.get(0));
      assertAnswer(second, answers.get(1));
    }
  }

  private static void assertAnswer(String mentioned, String answer) {
    boolean told = !mentioned.equals("works") && !mentioned.startsWith("registry-");
    assertTrue(answer.contains(mentioned), answer);
    assertEquals(told, answer.contains("archive-library-missing"), answer);
  }

  private static URL toUrl(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Loads all classes but the JDK's again, and hides some of them. */
  private static final class HidingClassLoader extends URLClassLoader {
    private final String missing;

    HidingClassLoader(URL[] classPath, String missing) {
      super(classPath, ClassLoader.getPlatformClassLoader());
      this.missing = missing;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(missing)) {
        throw new ClassNotFoundException(name);
      }
      return super.findClass(name);
    }
  }
}
