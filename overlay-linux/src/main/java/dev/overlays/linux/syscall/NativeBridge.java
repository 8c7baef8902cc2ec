package dev.overlays.linux.syscall;

/** How calls of the C library leave the JVM. */
enum NativeBridge {
  /** JNA, whose native library has to be unpacked and loaded. */
  JNA,

  /** java.lang.foreign, of JDK 22 and later. */
  FOREIGN;

  /** The system property that chooses one: {@code jna} or {@code foreign}. */
  static final String PROPERTY = "dev.overlays.linux.calls";

  /** From here on java.lang.foreign is final, and not a preview. Source: JEP 454. */
  private static final int FIRST_FOREIGN_RELEASE = 22;

  /** Whether this JVM has java.lang.foreign. */
  static boolean isForeignPresent() {
    return Runtime.version().feature() >= FIRST_FOREIGN_RELEASE;
  }

  /**
   * Returns the one that is chosen, or else the faster one that this JVM has.
   *
   * @throws IllegalArgumentException if the choice is neither
   */
  static NativeBridge ofChoice(String choice) {
    return switch (choice) {
      case "" -> isForeignPresent() ? FOREIGN : JNA;
      case "jna" -> JNA;
      case "foreign" -> FOREIGN;
      default ->
          throw new IllegalArgumentException(
              "The system property " + PROPERTY + " is neither jna nor foreign: " + choice);
    };
  }
}
