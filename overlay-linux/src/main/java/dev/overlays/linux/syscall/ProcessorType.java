package dev.overlays.linux.syscall;

import java.util.Locale;
import java.util.Optional;

/** The processors that the numbers of {@link Syscall} and {@link OpenFlags} are known for. */
enum ProcessorType {
  X86_64,
  AARCH64;

  /** The processor that this JVM runs on, if it is one of these and the system is Linux. */
  static Optional<ProcessorType> currentType() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux")) {
      return Optional.empty();
    }
    return switch (System.getProperty("os.arch", "")) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64", "arm64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }
}
