package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Asserts that check and mount refuse a spec for the same reason and leave nothing behind. */
final class RefusalCheck {
  private final ContractSandbox sandbox;

  RefusalCheck(ContractSandbox sandbox) {
    this.sandbox = sandbox;
  }

  void assertRefused(OverlaySpec spec, ProblemCode... codes) throws IOException {
    assertRefused(spec, Optional.empty(), codes);
  }

  /** Asserts that check and mount refuse the spec with one of the codes. */
  void assertRefused(OverlaySpec spec, Optional<Path> about, ProblemCode... codes)
      throws IOException {
    assertEquals(
        Optional.empty(), sandbox.backend().whyDeclined(spec), "a bad spec is not declined");
    List<ProblemCode> expected = Arrays.asList(codes);
    List<Problem> checked = checkWithoutChange(spec);
    ProblemAsserts.assertTold(checked, sandbox.isStrict(), expected, about);
    List<Problem> refused = assertNotMounted(spec);
    ProblemAsserts.assertTold(refused, sandbox.isStrict(), expected, about);
    if (sandbox.isStrict()) {
      assertEquals(checked.get(0).code(), refused.get(0).code(), "check and mount agree");
    }
  }

  /** Asserts that the mount refuses the spec, or that the backend declines it. */
  void assertRefusedOrDeclined(OverlaySpec spec, ProblemCode... codes) throws IOException {
    Optional<Problem> declined = sandbox.backend().whyDeclined(spec);
    if (declined.isPresent()) {
      ProblemAsserts.assertHelpful(declined.get());
    } else {
      assertRefusedWhenMounting(spec, codes);
    }
  }

  /** Asserts that the mount refuses the spec; the check may miss the problem. */
  void assertRefusedWhenMounting(OverlaySpec spec, ProblemCode... codes) throws IOException {
    List<ProblemCode> expected = Arrays.asList(codes);
    checkWithoutChange(spec).forEach(ProblemAsserts::assertHelpful);
    ProblemAsserts.assertTold(
        assertNotMounted(spec), sandbox.isStrict(), expected, Optional.empty());
  }

  /** Runs the check and asserts that it changes nothing. */
  private List<Problem> checkWithoutChange(OverlaySpec spec) throws IOException {
    List<String> before = sandbox.linesAtRest(spec.work());
    List<Problem> problems = sandbox.backend().check(spec);
    assertEquals(before, sandbox.linesAtRest(spec.work()), "the check changed something");
    return problems;
  }

  private List<Problem> assertNotMounted(OverlaySpec spec) throws IOException {
    List<String> before = sandbox.linesAtRest(spec.work());
    List<String> mounted = sandbox.mountedHere();
    List<Problem> problems;
    try (OverlayMount mount = sandbox.backend().mount(spec)) {
      throw new AssertionError("mounted: " + mount.spec());
    } catch (OverlayException e) {
      problems = e.problems();
    }
    assertEquals(before, sandbox.linesAtRest(spec.work()), "a failed mount left something behind");
    assertEquals(mounted, sandbox.mountedHere(), "a failed mount is listed");
    return problems;
  }
}
