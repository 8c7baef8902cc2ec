package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Claims and holds of layers. */
abstract class ClaimPromises extends StorePromises {

  ClaimPromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void claimExcludesOthers() throws IOException {
    Path work = contract().newRoot();
    OverlaySpec first = spec(rootPath(), contract().newRoot(), work);
    OverlaySpec second = spec(rootPath(), contract().newRoot(), contract().newRoot());
    OverlaySpec third = spec(contract().newRoot(), contract().newRoot(), work);
    try (Closeable claim = store().claim(first)) {
      for (OverlaySpec spec : List.of(first, second, third)) {
        OverlayException e = assertThrows(OverlayException.class, () -> store().claim(spec));
        assertTrue(e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
      assertNotEquals(null, claim);
    }
    // A refused claim claims nothing.
    store().claim(second).close();
    try (Closeable claim = store().claim(third)) {
      store().claim(second).close();
      assertNotEquals(null, claim);
    }
  }

  @Test
  void claimClosedTwiceLeavesTheNextOneAlone() throws IOException {
    OverlaySpec spec = spec(rootPath(), contract().newRoot(), contract().newRoot());
    Closeable first = store().claim(spec);
    first.close();
    try (Closeable second = store().claim(spec)) {
      first.close();
      assertThrows(OverlayException.class, () -> store().claim(spec));
      assertNotEquals(null, second);
    }
  }

  @Test
  void claimOfAMissingLayerIsRefused() throws IOException {
    OverlaySpec spec =
        spec(rootPath().resolve("missing"), contract().newRoot(), contract().newRoot());
    OverlayException e = assertThrows(OverlayException.class, () -> store().claim(spec));
    assertTrue(e.has(ProblemCode.LAYER_NOT_FOUND), e::toString);
  }

  @Test
  void holdSharesLowersAndKeepsClaimsAway() throws IOException {
    OverlaySpec first = spec(rootPath(), contract().newRoot(), contract().newRoot());
    OverlaySpec second = spec(rootPath(), contract().newRoot(), contract().newRoot());
    try (Closeable one = store().hold(first);
        Closeable two = store().hold(second)) {
      assertNotEquals(one, two);
      for (OverlaySpec spec :
          List.of(first, spec(rootPath(), contract().newRoot(), contract().newRoot()))) {
        OverlayException e = assertThrows(OverlayException.class, () -> store().claim(spec));
        assertTrue(e.has(ProblemCode.LAYER_IN_USE) || e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
    }
    store().claim(List.of(first, second)).close();
  }

  @Test
  void holdHasItsUpperAndWorkAlone() throws IOException {
    OverlaySpec first = spec(rootPath(), contract().newRoot(), contract().newRoot());
    OverlaySpec upper =
        spec(contract().newRoot(), first.upper().orElseThrow(), contract().newRoot());
    OverlaySpec work = spec(contract().newRoot(), contract().newRoot(), first.work().orElseThrow());
    try (Closeable hold = store().hold(first)) {
      assertNotEquals(null, hold);
      assertHeld(upper, ProblemCode.UPPER_IN_USE);
      assertHeld(work, ProblemCode.WORK_IN_USE);
    }
    store().hold(upper).close();
    store().hold(work).close();
  }

  @Test
  void claimKeepsHoldsAway() throws IOException {
    OverlaySpec spec = spec(rootPath(), contract().newRoot(), contract().newRoot());
    OverlaySpec lower = spec(rootPath(), contract().newRoot(), contract().newRoot());
    try (Closeable claim = store().claim(spec)) {
      assertNotEquals(null, claim);
      for (OverlaySpec held : List.of(spec, lower)) {
        OverlayException e = assertThrows(OverlayException.class, () -> store().hold(held));
        assertTrue(e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
    }
    // A refused hold holds nothing.
    store().claim(List.of(spec, lower)).close();
  }

  private void assertHeld(OverlaySpec spec, ProblemCode code) {
    OverlayException e = assertThrows(OverlayException.class, () -> store().hold(spec));
    assertTrue(e.has(code) || e.has(ProblemCode.LAYER_LOCKED), e::toString);
  }

  private static OverlaySpec spec(Path lower, Path upper, Path work) {
    return OverlaySpec.builder().lower(lower).upper(upper).work(work).build();
  }
}
