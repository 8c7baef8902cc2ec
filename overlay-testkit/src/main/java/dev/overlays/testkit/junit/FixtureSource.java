package dev.overlays.testkit.junit;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** The origin of a fixture. Equal sources share one prepared fixture. */
sealed interface FixtureSource {

  /** Creates or finds the fixture. */
  PreparedFixture prepareFixture() throws IOException;

  /** A directory named in the annotation. */
  record NamedDirectory(Path path) implements FixtureSource {
    @Override
    public PreparedFixture prepareFixture() throws IOException {
      return PreparedFixture.ofExisting(path);
    }
  }

  /** The directory that a field holds. */
  record FieldDirectory(Field field) implements FixtureSource {
    @Override
    public PreparedFixture prepareFixture() throws IOException {
      try {
        field.setAccessible(true);
        if (field.get(null) instanceof Path path) {
          return PreparedFixture.ofExisting(path);
        }
      } catch (IllegalAccessException e) {
        throw new ExtensionConfigurationException("cannot read the @Fixture " + field, e);
      }
      throw new ExtensionConfigurationException("holds no path: the @Fixture " + field);
    }
  }

  /** The directory that a method returns. */
  record ReturnedDirectory(Method method) implements FixtureSource {
    @Override
    public PreparedFixture prepareFixture() throws IOException {
      if (callMethod(method) instanceof Path path) {
        return PreparedFixture.ofExisting(path);
      }
      throw new ExtensionConfigurationException("returned no path: the @Fixture " + method);
    }
  }

  /** A new directory that a method fills. */
  record FilledDirectory(Method method) implements FixtureSource {
    @Override
    public PreparedFixture prepareFixture() throws IOException {
      Path directory = Files.createTempDirectory("overlays-fixture");
      try {
        callMethod(method, directory);
        return PreparedFixture.ofTemporary(directory);
      } catch (Throwable e) {
        LeftoverRemoval.runAfter(e, () -> LeftoverRemoval.deleteTree(directory));
        throw e;
      }
    }
  }

  private static Object callMethod(Method method, Object... arguments) throws IOException {
    try {
      method.setAccessible(true);
      return method.invoke(null, arguments);
    } catch (IllegalAccessException e) {
      throw new ExtensionConfigurationException("cannot call the @Fixture " + method, e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new ExtensionConfigurationException("the @Fixture " + method + " failed", e.getCause());
    }
  }
}
