package dev.overlays.linux.programs;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program that is started from a view: reads a file there by its canonical path, and changes it.
 */
final class WordChange {
  private WordChange() {}

  /** Takes a directory, the word that should be there, and the next one. */
  public static void main(String[] arguments) throws IOException {
    Path word = new File(arguments[0], "word").getCanonicalFile().toPath();
    String found = Files.readString(word);
    if (!found.equals(arguments[1])) {
      throw new IOException("found " + found);
    }
    Files.writeString(word, arguments[2]);
  }
}
