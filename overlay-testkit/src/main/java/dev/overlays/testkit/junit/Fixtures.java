package dev.overlays.testkit.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * What is kept in JUnit's stores, which close it: fixtures for the run, checks for a class, views
 * for a test. Of one store what came last is closed first.
 */
final class Fixtures {
  private static final Namespace NAMESPACE = Namespace.create(Fixtures.class);

  private Fixtures() {}

  static Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }

  /** A fresh view for a test or, of {@code @TempDir}, for a class. */
  static FreshView view(ExtensionContext context) throws IOException {
    FixtureDeclaration declaration = FixtureDeclaration.of(context);
    PreparedFixture fixture = prepared(context, declaration.source());
    Store ofClass = store(classOf(context));
    compute(ofClass, declaration, unseen -> Watch.of(fixture, declaration.check()));
    FreshView view = fixture.view(declaration.backend());
    open(context).add(view);
    return view;
  }

  /** The views of this very context: those of contexts around it have another key. */
  static OpenViews open(ExtensionContext context) {
    return store(context)
        .getOrComputeIfAbsent(context.getUniqueId(), unseen -> new OpenViews(), OpenViews.class);
  }

  private static PreparedFixture prepared(ExtensionContext context, FixtureSource source)
      throws IOException {
    return (PreparedFixture) compute(store(context.getRoot()), source, unseen -> source.prepare());
  }

  private static ExtensionContext classOf(ExtensionContext context) {
    ExtensionContext found = context;
    while (found.getTestMethod().isPresent()) {
      found = found.getParent().orElseThrow();
    }
    return found;
  }

  /** Something that is made once for each key. */
  @FunctionalInterface
  private interface Made {
    Object make(Object key) throws IOException;
  }

  private static Object compute(Store store, Object key, Made made) throws IOException {
    try {
      return store.getOrComputeIfAbsent(
          key,
          wanted -> {
            try {
              return made.make(wanted);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Sees, when a class is done, whether its fixture is as it was. */
  private record Watch(PreparedFixture fixture, LowerCheck check) implements AutoCloseable {
    static Watch of(PreparedFixture fixture, LowerCheck check) throws IOException {
      fixture.watch(check);
      return new Watch(fixture, check);
    }

    @Override
    public void close() throws IOException {
      fixture.check(check);
    }
  }
}
