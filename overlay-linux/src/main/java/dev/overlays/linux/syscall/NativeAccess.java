package dev.overlays.linux.syscall;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.Optional;

/** Whether system calls can be made here at all. */
public final class NativeAccess {
  private NativeAccess() {}

  /**
   * Tells people why not.
   *
   * @return what is in the way; empty if calls can be made
   */
  public static Optional<Problem> problem() {
    return unavailable().or(() -> KernelRelease.problem(System.getProperty("os.version", "")));
  }

  private static Optional<Problem> unavailable() {
    return Kernel.unavailable()
        .map(
            cause ->
                cause instanceof UnsupportedOperationException
                    ? Problem.of(
                        ProblemCode.PLATFORM_UNSUPPORTED,
                        "OverlayFS is Linux's, on x86_64 and aarch64; this is "
                            + cause.getMessage()
                            + ".",
                        "Use another backend, such as the test kit's in memory.")
                    : Problem.of(
                        ProblemCode.NATIVE_ACCESS_UNAVAILABLE,
                        "The native part of JNA cannot be loaded: " + cause + ".",
                        "Let the JVM write to its temporary directory (-Djna.tmpdir=DIRECTORY), and"
                            + " start it with --enable-native-access=ALL-UNNAMED."))
        .or(NativeAccess::withoutStatx);
  }

  /** Everything begins with this call, and there is no other that tells as much. */
  private static Optional<Problem> withoutStatx() {
    return RefusedCall.of(Syscall.STATX)
        .map(
            refused ->
                Problem.of(
                    ProblemCode.PLATFORM_UNSUPPORTED,
                    "No file can be looked at: " + refused.words() + ".",
                    refused.remedy()));
  }
}
