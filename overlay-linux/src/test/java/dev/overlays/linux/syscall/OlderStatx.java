package dev.overlays.linux.syscall;

/** A statx(2) that tells nothing of mounts, as before Linux 5.8 and by way of a translator. */
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
