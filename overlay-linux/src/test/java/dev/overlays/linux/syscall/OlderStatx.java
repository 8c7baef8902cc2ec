package dev.overlays.linux.syscall;

/** Imitates a statx(2) without mount data, as before Linux 5.8 and with a translator. */
public final class OlderStatx {
  private OlderStatx() {}

  /** Begins, for the whole process. */
  public static void begin() {
    FileId.mountsTold = false;
  }

  /** Ends. */
  public static void end() {
    FileId.mountsTold = true;
  }
}
