package dev.overlays.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A JVM that can open no more files for a while, as one near {@code ulimit -n}. */
public final class FullJvm {
  private static final String LIMITED = "ulimit -n 256 && exec \"$@\"";

  private FullJvm() {}

  /** What is asked; with a constructor that loads the classes for it, and asks nothing. */
  @FunctionalInterface
  public interface Question {
    /** Asks, by code that may remember the answer. */
    String ask() throws IOException;
  }

  /** Asks while no file can be opened, and again afterwards; returns what came the second time. */
  public static String answerAfterwards(Class<? extends Question> question) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", LIMITED, "sh"));
    command.addAll(ChildJvm.command(FullJvm.class, question.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
  }

  /** In the JVM of its own. */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    var constructor = Class.forName(arguments[0]).getDeclaredConstructor();
    constructor.setAccessible(true);
    Question question = (Question) constructor.newInstance();
    Deque<Closeable> open = new ArrayDeque<>();
    boolean full = false;
    while (!full) {
      try {
        open.add(new FileInputStream("/dev/null"));
      } catch (IOException e) {
        full = true;
      }
    }
    try {
      question.ask();
    } catch (IOException e) {
      // Told, and not remembered.
    }
    while (!open.isEmpty()) {
      open.remove().close();
    }
    System.out.println(question.ask());
  }
}
