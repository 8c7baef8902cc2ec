package dev.overlays.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A JVM that can open no more files for a while, because it is at {@code ulimit -n}. */
public final class StarvedJvm {
  private static final String LIMITED = "ulimit -n 256 && exec \"$@\"";

  private StarvedJvm() {}

  /** A question whose answer the library may remember; its constructor only loads classes. */
  @FunctionalInterface
  public interface RememberedQuestion {
    /** Asks the library. */
    String ask() throws IOException;
  }

  /** Asks while no file can be opened, and again afterwards; returns the second answer. */
  public static String answerAfterwards(Class<? extends RememberedQuestion> question)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", LIMITED, "sh"));
    command.addAll(ChildJvm.javaCommand(StarvedJvm.class, question.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
  }

  /** Runs in the child JVM. */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    var constructor = Class.forName(arguments[0]).getDeclaredConstructor();
    constructor.setAccessible(true);
    RememberedQuestion question = (RememberedQuestion) constructor.newInstance();
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
      // Expected; the answer must not be remembered.
    }
    while (!open.isEmpty()) {
      open.remove().close();
    }
    System.out.println(question.ask());
  }
}
