package dev.overlays.cli.output;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Standard output and standard error in UTF-8, whatever the locale is. */
public final class StandardStreams {
  /** Standard output. */
  public static final PrintStream OUT = openStream(FileDescriptor.out);

  /** Standard error. */
  public static final PrintStream ERR = openStream(FileDescriptor.err);

  private StandardStreams() {}

  private static PrintStream openStream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor)), true, StandardCharsets.UTF_8);
  }
}
