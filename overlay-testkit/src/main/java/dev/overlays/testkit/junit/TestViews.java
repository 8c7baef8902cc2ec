package dev.overlays.testkit.junit;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The views of one test or class, and the fixtures to check at the end of a class. The extension
 * closes it before JUnit deletes temporary directories, which may be views.
 */
final class TestViews implements AutoCloseable {
  private final Deque<FreshView> views = new ArrayDeque<>();
  private final Set<WatchedFixture> watches = new LinkedHashSet<>();
  private FreshView ofParameters;

  /** A fixture that is checked when the scope is closed. */
  private record WatchedFixture(PreparedFixture fixture, FixtureCheck check) {}

  /** Opens a view that is closed with the scope, or at once if anything fails. */
  synchronized FreshView openView(PreparedFixture fixture, ViewRequest request) throws IOException {
    FreshView view = fixture.newView(request);
    try {
      views.push(view);
      return view;
    } catch (Throwable e) {
      LeftoverRemoval.runAfter(e, view::close);
      throw e;
    }
  }

  /** Returns the view that all parameters of a test share. */
  synchronized FreshView openForParameters(PreparedFixture fixture, ViewRequest request)
      throws IOException {
    if (ofParameters == null) {
      ofParameters = openView(fixture, request);
    }
    return ofParameters;
  }

  synchronized void watchFixture(PreparedFixture fixture, FixtureCheck check) {
    watches.add(new WatchedFixture(fixture, check));
  }

  /** Closes all views, checks all fixtures, and throws the first failure. */
  @Override
  public synchronized void close() throws IOException {
    List<LeftoverRemoval.UndoStep> closing = new ArrayList<>();
    views.forEach(view -> closing.add(view::close));
    watches.forEach(watch -> closing.add(() -> watch.fixture.requireUnchanged(watch.check)));
    views.clear();
    watches.clear();
    LeftoverRemoval.runAll(closing);
  }
}
