package dev.overlays.testkit.junit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * The fixtures of a run, and the scopes of its tests and classes by their IDs. It is the only value
 * that this extension computes in a JUnit store, and it is in the store of the run. JUnit makes
 * temporary directories while it computes a value in the store of a test or class; computing
 * another value in that store may then fail ("Recursive update", JUnit 6.0.0 and 6.0.1).
 */
final class OverlayTestRun implements AutoCloseable {
  private static final Namespace NAMESPACE = Namespace.create(OverlayTestRun.class);

  private final Map<FixtureSource, FixturePreparation> fixtures = new ConcurrentHashMap<>();
  private final Map<String, TestViews> scopes = new ConcurrentHashMap<>();

  private OverlayTestRun() {}

  static OverlayTestRun of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            OverlayTestRun.class, unseen -> new OverlayTestRun(), OverlayTestRun.class);
  }

  /**
   * Opens a view for the {@code @TempDir} of a test or class. Does not use the store of that
   * context.
   */
  FreshView newView(ExtensionContext context) throws IOException {
    FixtureDeclaration declaration = FixtureDeclaration.of(context);
    PreparedFixture fixture = watchedFixture(context, declaration);
    return scopeOf(context).openView(fixture, declaration.request());
  }

  /**
   * Returns the view for a test's parameters. JUnit calls no callback after a constructor fails, so
   * the store of the test closes the scope, too.
   */
  FreshView viewOfParameters(ExtensionContext context) throws IOException {
    FixtureDeclaration declaration = FixtureDeclaration.of(context);
    PreparedFixture fixture = watchedFixture(context, declaration);
    Store store = context.getStore(NAMESPACE);
    String id = context.getUniqueId();
    store.put(id, (AutoCloseable) () -> closeScope(id));
    return scopeOf(context).openForParameters(fixture, declaration.request());
  }

  private PreparedFixture watchedFixture(ExtensionContext context, FixtureDeclaration declaration)
      throws IOException {
    FixtureSource source = declaration.source();
    PreparedFixture fixture =
        fixtures
            .computeIfAbsent(source, unseen -> new FixturePreparation(source))
            .preparedFixture();
    fixture.takeSnapshot(declaration.check());
    scopeOf(classOf(context)).watchFixture(fixture, declaration.check());
    return fixture;
  }

  private static ExtensionContext classOf(ExtensionContext context) {
    ExtensionContext found = context;
    while (found.getTestMethod().isPresent()) {
      found = found.getParent().orElseThrow();
    }
    return found;
  }

  private TestViews scopeOf(ExtensionContext context) {
    return scopes.computeIfAbsent(context.getUniqueId(), unseen -> new TestViews());
  }

  /** Closes the scope of a finished test or class, if it has one. */
  void closeScope(ExtensionContext context) throws IOException {
    closeScope(context.getUniqueId());
  }

  private void closeScope(String id) throws IOException {
    TestViews scope = scopes.remove(id);
    if (scope != null) {
      scope.close();
    }
  }

  /**
   * Closes the scopes that no callback has closed, then the fixtures, and throws the first failure.
   */
  @Override
  public void close() throws IOException {
    List<LeftoverRemoval.UndoStep> closing = new ArrayList<>();
    scopes.keySet().forEach(id -> closing.add(() -> closeScope(id)));
    fixtures.values().forEach(fixture -> closing.add(fixture::close));
    LeftoverRemoval.runAll(closing);
  }
}
