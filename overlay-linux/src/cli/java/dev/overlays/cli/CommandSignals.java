package dev.overlays.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps SIGINT and SIGTERM from ending the JVM in the middle of something: what is running is asked
 * to end, and the command cleans up. A second signal ends the JVM at once.
 */
final class CommandSignals {
  private static final List<String> NAMES = List.of("INT", "TERM");

  private final AtomicInteger received = new AtomicInteger();
  private volatile Process foreground;

  private CommandSignals() {}

  /** Begins to keep them. Where the JVM has no signals to handle, they end it as always. */
  static CommandSignals keepSignals() {
    CommandSignals signals = new CommandSignals();
    try {
      // By reflection: javac warns of any other use of jdk.unsupported.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              CommandSignals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  method.getName().equals("handle")
                      ? signals.handleSignal(numberOf(arguments[0]))
                      : method.invoke(signals, arguments));
      for (String name : NAMES) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ClassNotFoundException e) {
      // A JVM without the module jdk.unsupported.
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return signals;
  }

  private static int numberOf(Object signal) throws ReflectiveOperationException {
    try {
      return (int) signal.getClass().getMethod("getNumber").invoke(signal);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private Void handleSignal(int number) {
    Process process = foreground;
    if (process != null) {
      // A terminal sends SIGINT to the process as well, and what it does then is its own affair.
      if (number != 2) {
        received.set(number);
        process.destroy();
      }
    } else if (!received.compareAndSet(0, number)) {
      Runtime.getRuntime().halt(128 + number);
    }
    return null;
  }

  /** Waits for a process, which gets the signals as long as it runs. */
  int waitFor(Process process) {
    foreground = process;
    if (isReceived()) {
      process.destroy();
    }
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      foreground = null;
    }
  }

  /** Whether a signal was received. */
  boolean isReceived() {
    return received.get() != 0;
  }

  /** The exit code of a command that a signal has ended. */
  OptionalInt exitCode() {
    return isReceived() ? OptionalInt.of(128 + received.get()) : OptionalInt.empty();
  }
}
