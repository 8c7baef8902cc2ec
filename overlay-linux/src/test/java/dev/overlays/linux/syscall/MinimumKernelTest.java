package dev.overlays.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.ProblemCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels below the minimum are reported. */
class MinimumKernelTest {
  @ParameterizedTest
  @ValueSource(strings = {"5.9.16", "4.18.0-553.el8_10.x86_64", "3.10.0-1160.el7.x86_64"})
  void aKernelBelowTheMinimumIsNamed(String release) {
    var problem = MinimumKernel.releaseProblem(release).orElseThrow();
    assertEquals(ProblemCode.PLATFORM_UNSUPPORTED, problem.code());
    assertTrue(problem.message().contains(release), problem::message);
    assertTrue(problem.message().contains("5.10"), problem::message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"5.10.0-30-amd64", "5.14.0-570.el9", "6.1.0", "7.2.13+deb14", "10.0", "", "odd"})
  void nothingIsSaidOfOthers(String release) {
    assertTrue(MinimumKernel.releaseProblem(release).isEmpty());
  }
}
