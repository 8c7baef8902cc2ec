package dev.overlays.linux.demo;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Prints the output of the demo: steps with their times, and trees with the meaning of each entry.
 */
final class DemoOutput {
  private final PrintStream out;
  private int steps;

  DemoOutput(PrintStream out) {
    this.out = out;
  }

  /** A step of the demo. */
  @FunctionalInterface
  interface DemoStep {
    void run() throws IOException;
  }

  void printLine(String line) {
    out.println(line);
  }

  /** Runs a step, and prints its title and time. */
  void runStep(String what, DemoStep step) throws IOException {
    steps++;
    long start = System.nanoTime();
    step.run();
    double millis = (System.nanoTime() - start) / 1e6;
    out.printf(Locale.ROOT, "%n%d. %s (%.1f ms)%n", steps, what, millis);
  }

  void printComparison(String what, String before, String after) {
    out.println(
        before.equals(after)
            ? "No byte of " + what + " has changed: its fingerprint is still " + after + "."
            : "THIS IS A BUG: " + what + " has changed, from " + before + " to " + after + ".");
  }

  void printTree(Path root) throws IOException {
    try (LayerDirectory directory = LayerStore.of(root).open(root)) {
      out.println("    " + root);
      printTree(directory, "    ");
    }
  }

  private void printTree(LayerDirectory directory, String indent) throws IOException {
    for (LayerEntry entry : sortedEntries(directory).values()) {
      Name name = entry.name();
      EntryStat stat = LayerEntries.requireStat(directory, name);
      out.println(indent + "  " + name + meaningOf(directory, name, stat));
      if (stat.isDirectory()) {
        try (LayerDirectory inner = directory.open(name)) {
          printTree(inner, indent + "  ");
        }
      }
    }
  }

  private static String meaningOf(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    if (stat.isDirectory()) {
      boolean opaque =
          LayerEntries.isOpaque(directory, name, MarkNamespace.TRUSTED)
              || LayerEntries.isOpaque(directory, name, MarkNamespace.USER);
      return opaque ? "/  (opaque: hides the lower's directory of this name)" : "/";
    }
    return LayerEntries.isWhiteout(directory, name, stat, MarkNamespace.TRUSTED)
        ? "  (whiteout: the name is deleted)"
        : String.format(Locale.ROOT, "  %,d bytes", stat.size());
  }

  private static SortedMap<String, LayerEntry> sortedEntries(LayerDirectory directory)
      throws IOException {
    SortedMap<String, LayerEntry> entries = new TreeMap<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.put(entry.name().toString(), entry);
    }
    return entries;
  }

  /** A short fingerprint of all names, kinds, times and contents in a directory. */
  String fingerprintOf(Path root) throws IOException {
    try (LayerDirectory directory = LayerStore.of(root).open(root)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      addToDigest(directory, digest);
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void addToDigest(LayerDirectory directory, MessageDigest digest)
      throws IOException {
    for (LayerEntry entry : sortedEntries(directory).values()) {
      Name name = entry.name();
      EntryStat stat = LayerEntries.requireStat(directory, name);
      digest.update(name.toBytes());
      digest.update(
          (stat.type() + " " + stat.mode() + " " + stat.modified() + "\n")
              .getBytes(StandardCharsets.UTF_8));
      if (stat.isDirectory()) {
        try (LayerDirectory inner = directory.open(name)) {
          addToDigest(inner, digest);
        }
      } else {
        try (InputStream in = new DigestInputStream(directory.readFile(name), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
    }
  }
}
