package dev.overlays.linux.demo;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Prints the output of the demo: steps with their times, trees and their fingerprints. */
final class DemoOutput {
  private final DemoScreen screen;
  private int steps;

  DemoOutput(DemoScreen screen) {
    this.screen = screen;
  }

  /** A step of the demo. */
  @FunctionalInterface
  interface DemoStep {
    void run() throws IOException;
  }

  void printLine(String line) {
    screen.printLine(line);
  }

  /** Prints the title of a step, runs it, and prints how long it took. */
  void runStep(String what, DemoStep step) throws IOException {
    steps++;
    screen.printLine("");
    screen.printLine(screen.inBold(steps + ". " + what));
    long start = System.nanoTime();
    step.run();
    double millis = (System.nanoTime() - start) / 1e6;
    screen.printLine(screen.dimmed(String.format(Locale.ROOT, "   %.1f ms", millis)));
  }

  void printComparison(String what, String before, String after) {
    screen.printLine(
        before.equals(after)
            ? "No byte of " + what + " has changed: its fingerprint is still " + after + "."
            : "THIS IS A BUG: " + what + " has changed, from " + before + " to " + after + ".");
  }

  void printTree(Path root) throws IOException {
    new TreeListing(screen).printTree(root);
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
    for (LayerEntry entry : TreeListing.sortedEntries(directory).values()) {
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
