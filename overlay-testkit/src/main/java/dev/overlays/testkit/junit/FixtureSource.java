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
  PreparedFixture prepare() throws IOException;

  /** A directory named in the annotation. */
  record NamedDirectory(Path path) implements FixtureSource {
    @Override
    public PreparedFixture prepare() throws IOException {
      return PreparedFixture.existing(path);
    }
  }

  /** The directory that a field holds. */
  record HeldDirectory(Field field) implements FixtureSource {
    @Override
    public PreparedFixture prepare() throws IOException {
      try {
        field.setAccessible(true);
        if (field.get(null) instanceof Path path) {
          return PreparedFixture.existing(path);
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
    public PreparedFixture prepare() throws IOException {
      if (call(method) instanceof Path path) {
        return PreparedFixture.existing(path);
      }
      throw new ExtensionConfigurationException("returned no path: the @Fixture " + method);
    }
  }

  /** A new directory that a method fills. */
  record FilledDirectory(Method method) implements FixtureSource {
    @Override
    public PreparedFixture prepare() throws IOException {
      Path directory = Files.createTempDirectory("overlays-fixture");
      try {
        call(method, directory);
        return PreparedFixture.made(directory);
      } catch (Throwable e) {
        LeftoverDeletion.after(e, () -> LeftoverDeletion.tree(directory));
        throw e;
      }
    }
  }

  private static Object call(Method method, Object... arguments) throws IOException {
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
