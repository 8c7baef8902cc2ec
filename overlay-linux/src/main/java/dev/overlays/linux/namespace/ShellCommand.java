package dev.overlays.linux.namespace;

import dev.overlays.layer.PathBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A command for a shell, whose words may contain any byte but NUL. */
public final class ShellCommand {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private ShellCommand() {}

  /**
   * Starts a command.
   *
   * @param words the program and its first arguments
   * @return the command, to which words can be added
   */
  public static ShellCommand of(String... words) {
    return new ShellCommand().addWords(words);
  }

  /**
   * Adds words.
   *
   * @param words more arguments
   * @return this command
   */
  public ShellCommand addWords(String... words) {
    for (String word : words) {
      addWord(word.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  /**
   * Adds a path.
   *
   * @param path an absolute path
   * @return this command
   */
  public ShellCommand addPath(Path path) {
    return addWord(PathBytes.of(path));
  }

  /**
   * Adds a word in single quotes, in which every byte stands for itself.
   *
   * @param word its bytes
   * @return this command
   */
  public ShellCommand addWord(byte[] word) {
    line.write('\'');
    for (byte b : word) {
      if (b == '\'') {
        line.writeBytes("'\\'".getBytes(StandardCharsets.US_ASCII));
      }
      line.write(b);
    }
    line.write('\'');
    line.write(' ');
    return this;
  }

  /**
   * Adds a command that runs if this one succeeds.
   *
   * @param next the command to add
   * @return this command
   */
  public ShellCommand andThen(ShellCommand next) {
    line.writeBytes("&& ".getBytes(StandardCharsets.US_ASCII));
    line.writeBytes(next.toBytes());
    return this;
  }

  /**
   * Returns a command that runs this one in another directory, in a subshell.
   *
   * @param directory an absolute path
   * @return another command
   */
  public ShellCommand runWithin(Path directory) {
    ShellCommand whole = new ShellCommand();
    whole.line.writeBytes("( ".getBytes(StandardCharsets.US_ASCII));
    whole.addWords("cd").addPath(directory).andThen(this);
    whole.line.writeBytes(") ".getBytes(StandardCharsets.US_ASCII));
    return whole;
  }

  byte[] toBytes() {
    return line.toByteArray();
  }

  /** Returns the command for messages, one character per byte. */
  @Override
  public String toString() {
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }
}
