package dev.overlays.cli.output;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Prints the log of the library to standard error, a line for each record. */
public final class LogOutput extends Handler {
  private static final String LIBRARY = "dev.overlays";

  /** Kept, since the JVM forgets the levels of loggers that nobody holds. */
  private static final Logger LOGGER = Logger.getLogger(LIBRARY);

  private LogOutput() {}

  /**
   * Prints warnings from now on, or everything.
   *
   * @param debug whether to print everything
   */
  public static void printLog(boolean debug) {
    LogManager.getLogManager().reset();
    LOGGER.setLevel(debug ? Level.ALL : Level.WARNING);
    LOGGER.addHandler(new LogOutput());
  }

  @Override
  public void publish(LogRecord record) {
    if (isLoggable(record)) {
      StandardStreams.ERR.println("overlays: " + record.getMessage());
      if (record.getThrown() != null && LOGGER.isLoggable(Level.FINE)) {
        record.getThrown().printStackTrace(StandardStreams.ERR);
      }
    }
  }

  @Override
  public void flush() {
    StandardStreams.ERR.flush();
  }

  @Override
  public void close() {
    flush();
  }
}
