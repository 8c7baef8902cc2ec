package dev.overlays.testkit.junit;

import java.io.IOException;

/** Prepares a fixture once per run, whether that succeeds or fails. */
final class FixturePreparation implements AutoCloseable {
  private final FixtureSource source;
  private PreparedFixture fixture;
  private Throwable failure;

  FixturePreparation(FixtureSource source) {
    this.source = source;
  }

  /** Returns the fixture, or throws the failure of the first attempt; concurrent callers wait. */
  synchronized PreparedFixture preparedFixture() throws IOException {
    if (failure != null) {
      throw LeftoverRemoval.rethrowFailure(failure);
    }
    if (fixture == null) {
      try {
        fixture = source.prepareFixture();
      } catch (Throwable e) {
        failure = e;
        throw e;
      }
    }
    return fixture;
  }

  @Override
  public synchronized void close() throws IOException {
    if (fixture != null) {
      fixture.close();
    }
  }
}
