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
    Path work = storeContract().newRoot();
    OverlaySpec first = specOf(rootPath(), storeContract().newRoot(), work);
    OverlaySpec second = specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot());
    OverlaySpec third = specOf(storeContract().newRoot(), storeContract().newRoot(), work);
    try (Closeable claim = testedStore().claim(first)) {
      for (OverlaySpec spec : List.of(first, second, third)) {
        OverlayException e = assertThrows(OverlayException.class, () -> testedStore().claim(spec));
        assertTrue(e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
      assertNotEquals(null, claim);
    }
    // A refused claim claims nothing.
    testedStore().claim(second).close();
    try (Closeable claim = testedStore().claim(third)) {
      testedStore().claim(second).close();
      assertNotEquals(null, claim);
    }
  }

  @Test
  void claimClosedTwiceLeavesTheNextOneAlone() throws IOException {
    OverlaySpec spec = specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot());
    Closeable first = testedStore().claim(spec);
    first.close();
    try (Closeable second = testedStore().claim(spec)) {
      first.close();
      assertThrows(OverlayException.class, () -> testedStore().claim(spec));
      assertNotEquals(null, second);
    }
  }

  @Test
  void claimOfAMissingLayerIsRefused() throws IOException {
    OverlaySpec spec =
        specOf(rootPath().resolve("missing"), storeContract().newRoot(), storeContract().newRoot());
    OverlayException e = assertThrows(OverlayException.class, () -> testedStore().claim(spec));
    assertTrue(e.has(ProblemCode.LAYER_NOT_FOUND), e::toString);
  }

  @Test
  void holdSharesLowersAndKeepsClaimsAway() throws IOException {
    OverlaySpec first = specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot());
    OverlaySpec second = specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot());
    try (Closeable one = testedStore().hold(first);
        Closeable two = testedStore().hold(second)) {
      assertNotEquals(one, two);
      for (OverlaySpec spec :
          List.of(
              first, specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot()))) {
        OverlayException e = assertThrows(OverlayException.class, () -> testedStore().claim(spec));
        assertTrue(e.has(ProblemCode.LAYER_IN_USE) || e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
    }
    testedStore().claim(List.of(first, second)).close();
  }

  @Test
  void holdHasItsUpperAndWorkAlone() throws IOException {
    OverlaySpec first = specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot());
    OverlaySpec upper =
        specOf(storeContract().newRoot(), first.upper().orElseThrow(), storeContract().newRoot());
    OverlaySpec work =
        specOf(storeContract().newRoot(), storeContract().newRoot(), first.work().orElseThrow());
    try (Closeable hold = testedStore().hold(first)) {
      assertNotEquals(null, hold);
      assertHeld(upper, ProblemCode.UPPER_IN_USE);
      assertHeld(work, ProblemCode.WORK_IN_USE);
    }
    testedStore().hold(upper).close();
    testedStore().hold(work).close();
  }

  @Test
  void claimKeepsHoldsAway() throws IOException {
    OverlaySpec spec = specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot());
    OverlaySpec lower = specOf(rootPath(), storeContract().newRoot(), storeContract().newRoot());
    try (Closeable claim = testedStore().claim(spec)) {
      assertNotEquals(null, claim);
      for (OverlaySpec held : List.of(spec, lower)) {
        OverlayException e = assertThrows(OverlayException.class, () -> testedStore().hold(held));
        assertTrue(e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
    }
    // A refused hold holds nothing.
    testedStore().claim(List.of(spec, lower)).close();
  }

  private void assertHeld(OverlaySpec spec, ProblemCode code) {
    OverlayException e = assertThrows(OverlayException.class, () -> testedStore().hold(spec));
    assertTrue(e.has(code) || e.has(ProblemCode.LAYER_LOCKED), e::toString);
  }

  private static OverlaySpec specOf(Path lower, Path upper, Path work) {
    return OverlaySpec.builder().lower(lower).upper(upper).work(work).build();
  }
}
