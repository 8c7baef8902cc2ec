package dev.overlays.linux.rootless;

import dev.overlays.linux.RootlessBackend;

/** The main class of a JVM that prints whether it can mount rootless views. */
final class AvailabilityPrinter {
  private AvailabilityPrinter() {}

  public static void main(String[] arguments) {
    System.out.println(
        new RootlessBackend().whyUnavailable().map(Object::toString).orElse("available"));
  }
}
