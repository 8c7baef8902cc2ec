package dev.overlays.testkit.junit;

import dev.overlays.OverlayMount;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The extension that {@link WithOverlay} registers. It resolves the parameters that are views. */
public final class OverlayExtension
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
  /** Makes the extension, for JUnit. */
  public OverlayExtension() {}

  /** Fails early if the fixture is declared incorrectly. */
  @Override
  public void beforeAll(ExtensionContext context) {
    FixtureDeclaration.of(context);
  }

  /**
   * Closes the views of a test, after all its methods and before JUnit deletes temporary
   * directories.
   */
  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    OverlayTestRun.of(context).closeScope(context);
  }

  /** Closes the views of a class, which are those of {@code @TempDir}, and checks its fixture. */
  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    OverlayTestRun.of(context).closeScope(context);
  }

  /** Gives a constructor the view of the test for which the instance is made. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(
      ExtensionContext rootContext) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    boolean view = parameter.isAnnotated(View.class);
    if (view && type != Path.class && type != OverlayMount.class) {
      throw new ParameterResolutionException(
          "@View is for parameters of type Path: " + parameter.getParameter());
    }
    return view || type == OverlayMount.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "a view belongs to one test: it is for test methods, for @BeforeEach and @AfterEach, and"
              + " for constructors where each test has an instance of its own");
    }
    OverlayMount mount = mountFor(context);
    return parameter.getParameter().getType() == Path.class ? mount.root() : mount;
  }

  private static OverlayMount mountFor(ExtensionContext context) {
    try {
      return OverlayTestRun.of(context).viewOfParameters(context).overlayMount();
    } catch (IOException e) {
      throw new ParameterResolutionException("there is no view: " + e.getMessage(), e);
    }
  }
}
