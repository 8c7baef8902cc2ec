package dev.overlays.linux.boot;

import dev.overlays.linux.syscall.TrustedProgram;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The result of an installed program that has ended.
 *
 * @param status its exit status, or a negative number if it could not be run
 * @param output its output and error output, one character per byte; or why it could not be run
 */
record ProgramResult(int status, String output) {
  private static final File NOTHING = new File("/dev/null");

  static ProgramResult run(String... command) {
    try {
      return finishProcess(startProcess(List.of(command), NOTHING));
    } catch (IOException e) {
      return new ProgramResult(-1, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Starts a program with a file as its standard input; the file may be removed as soon as this
   * returns.
   */
  static Process startProcess(List<String> command, File input) throws IOException {
    List<String> found = new ArrayList<>(command);
    found.set(0, programPath(command.get(0)));
    ProcessBuilder builder = new ProcessBuilder(found);
    Map<String, String> environment = builder.environment();
    // English messages, and no setting that makes libmount behave differently than at boot.
    environment.keySet().removeIf(name -> name.startsWith("LIBMOUNT_") || name.startsWith("LC_"));
    environment.put("LC_ALL", "C");
    environment.put("PATH", TrustedProgram.searchPath());
    return builder.redirectInput(input).redirectErrorStream(true).start();
  }

  private static String programPath(String name) throws IOException {
    return TrustedProgram.findProgram(name)
        .orElseThrow(
            () ->
                new IOException(
                    TrustedProgram.whyDistrusted(name).orElse(name + " is not installed")))
        .toString();
  }

  static ProgramResult finishProcess(Process process) throws IOException {
    try {
      byte[] output = process.getInputStream().readAllBytes();
      int status = process.waitFor();
      return new ProgramResult(status, new String(output, StandardCharsets.ISO_8859_1));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a program ran", e);
    }
  }
}
