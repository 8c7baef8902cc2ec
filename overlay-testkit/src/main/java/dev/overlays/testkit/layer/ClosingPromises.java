package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.ClosedHandleException;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Closing handles, even while they are used. A closed handle that still worked would work on
 * another file: the kernel gives the number of a closed descriptor to the next file that is opened.
 */
abstract class ClosingPromises extends StorePromises {
  private static final Name PRECIOUS = Name.of("precious");
  private static final Set<String> WITHOUT_REFUSAL = Set.of("close", "toString");
  private static final int ROUNDS = 60;
  private static final int STRANGERS = 3;

  ClosingPromises(LayerStoreContract contract) {
    super(contract);
  }

  /** Creates an entry of each type for the operations to work on. */
  @BeforeEach
  void makeEntries() throws IOException {
    rootDirectory().createDirectory(A);
    rootDirectory().createDirectory(B);
    try (LayerDirectory stranger = rootDirectory().open(B)) {
      createFile(stranger, PRECIOUS, "1");
      stranger.createSymlink(Name.of("link"), utf8Bytes("target"));
      stranger.createDirectory(Name.of("directory"));
    }
  }

  private static List<Method> refusingOperations() {
    List<Method> operations = new ArrayList<>();
    for (Method method : LayerDirectory.class.getMethods()) {
      if (!WITHOUT_REFUSAL.contains(method.getName())) {
        operations.add(method);
      }
    }
    assertTrue(operations.size() > 20, operations::toString);
    return operations;
  }

  private static Object argumentFor(Class<?> type, LayerDirectory target, Name name) {
    if (type == LayerDirectory.class) {
      return target;
    } else if (type == Name.class) {
      return name;
    } else if (type == EntryType.class) {
      return EntryType.FIFO;
    } else if (type == EntryStat.class) {
      return new EntryStat(
          EntryType.FILE, 0600, 0, 0, 1, 0, 1, 0, 1, 0, 0, EARLY, EARLY, false, false);
    } else if (type == Instant.class) {
      return EARLY;
    } else if (type == String.class) {
      return "user.x";
    } else if (type == byte[].class) {
      return utf8Bytes("x");
    } else if (type == boolean.class) {
      return false;
    }
    assertEquals(int.class, type, "an argument that this test cannot make");
    return 0;
  }

  private static void assertRefused(
      Method operation, LayerDirectory directory, LayerDirectory target, Name name) {
    Object[] arguments =
        Arrays.stream(operation.getParameterTypes())
            .map(type -> argumentFor(type, target, name))
            .toArray();
    InvocationTargetException e =
        assertThrows(
            InvocationTargetException.class,
            () -> operation.invoke(directory, arguments),
            operation::toString);
    assertInstanceOf(ClosedHandleException.class, e.getCause(), operation::toString);
  }

  @Test
  void closedDirectoryRefusesEveryOperation() throws IOException {
    LayerDirectory closed = rootDirectory().open(A);
    closed.close();
    try (LayerDirectory stranger = rootDirectory().open(B)) {
      Set<Name> before = listNames(stranger);
      for (Method operation : refusingOperations()) {
        for (Name name : before) {
          assertRefused(operation, closed, stranger, name);
        }
        assertRefused(operation, closed, stranger, MISSING);
      }
      assertEquals(before, listNames(stranger));
      assertEquals("1", readContent(stranger, PRECIOUS));
    }
  }

  @Test
  void closedTargetIsRefused() throws IOException {
    LayerDirectory closed = rootDirectory().open(A);
    closed.close();
    createFile(rootDirectory(), Name.of("file"), "here");
    try (LayerDirectory stranger = rootDirectory().open(B)) {
      Set<Name> before = listNames(stranger);
      for (Method operation : refusingOperations()) {
        if (Arrays.asList(operation.getParameterTypes()).contains(LayerDirectory.class)) {
          assertRefused(operation, rootDirectory(), closed, Name.of("file"));
        }
      }
      assertEquals(before, listNames(stranger));
      assertEquals("here", readContent(rootDirectory(), Name.of("file")));
    }
  }

  @Test
  void cursorOfAClosedDirectoryIsRefused() throws IOException {
    LayerDirectory closed = rootDirectory().open(B);
    EntryCursor fresh = closed.entries();
    EntryCursor begun = closed.entries();
    begun.next();
    closed.close();
    try (LayerDirectory stranger = rootDirectory().open(B)) {
      assertThrows(ClosedHandleException.class, begun::next);
      assertThrows(IOException.class, fresh::next);
      assertEquals(3, listNames(stranger).size());
    }
  }

  @Test
  void closingTwiceLeavesTheNextHandleAlone() throws IOException {
    LayerDirectory directory = rootDirectory().open(A);
    directory.close();
    try (LayerDirectory next = rootDirectory().open(B)) {
      directory.close();
      assertEquals("1", readContent(next, PRECIOUS));
      OutputStream out = next.createFile(MISSING);
      out.close();
      try (InputStream in = next.readFile(PRECIOUS)) {
        out.close();
        assertEquals('1', in.read());
        assertThrows(IOException.class, () -> out.write(utf8Bytes("somewhere else")));
        assertThrows(IOException.class, () -> out.write('s'));
      }
      assertEquals("1", readContent(next, PRECIOUS));
      assertEquals("", readContent(next, MISSING));
    }
  }

  @Test
  void closedStreamsAndChannelsRefuse() throws IOException {
    try (LayerDirectory directory = rootDirectory().open(B)) {
      InputStream in = directory.readFile(PRECIOUS);
      in.close();
      FileChannel channel = directory.openFile(PRECIOUS, true);
      channel.close();
      try (InputStream stranger = directory.readFile(PRECIOUS)) {
        assertThrows(IOException.class, in::read);
        assertThrows(IOException.class, () -> in.read(new byte[1]));
        assertThrows(IOException.class, () -> channel.write(ByteBuffer.wrap(utf8Bytes("2"))));
        assertThrows(IOException.class, channel::size);
        in.close();
        channel.close();
        assertEquals('1', stranger.read());
      }
    }
  }

  @Test
  void whatWasOpenedThroughADirectoryOutlivesIt() throws IOException {
    LayerDirectory directory = rootDirectory().open(B);
    try (InputStream in = directory.readFile(PRECIOUS);
        FileChannel channel = directory.openFile(PRECIOUS, false);
        OutputStream out = directory.createFile(MISSING);
        LayerDirectory below = directory.open(Name.of("directory"))) {
      directory.close();
      assertEquals('1', in.read());
      assertEquals(1, channel.size());
      out.write('x');
      assertTrue(listNames(below).isEmpty());
    }
    try (LayerDirectory again = rootDirectory().open(B)) {
      assertEquals("x", readContent(again, MISSING));
    }
  }

  /** Operations on the closed handle must never reach a directory that was opened meanwhile. */
  @Test
  void closingUnderAnotherThreadNeverLetsItWorkElsewhere() throws Exception {
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int round = 0; round < ROUNDS; round++) {
      LayerDirectory directory = rootDirectory().open(A);
      List<Thread> threads =
          List.of(
              new Thread(() -> useUntilClosed(directory, failures, () -> removeStrange(directory))),
              new Thread(() -> useUntilClosed(directory, failures, () -> readStrange(directory))));
      threads.forEach(Thread::start);
      List<LayerDirectory> strangers = new ArrayList<>();
      directory.close();
      try {
        for (int i = 0; i < STRANGERS; i++) {
          strangers.add(rootDirectory().open(B));
        }
        for (Thread thread : threads) {
          thread.join();
        }
      } finally {
        for (LayerDirectory stranger : strangers) {
          stranger.close();
        }
      }
    }
    assertEquals(List.of(), failures);
    try (LayerDirectory stranger = rootDirectory().open(B)) {
      assertEquals("1", readContent(stranger, PRECIOUS));
    }
  }

  /** An operation of a thread. */
  @FunctionalInterface
  private interface ThreadOperation {
    void run() throws IOException;
  }

  private static void useUntilClosed(
      LayerDirectory directory, List<Throwable> failures, ThreadOperation use) {
    try {
      while (true) {
        use.run();
      }
    } catch (ClosedHandleException e) {
      // Expected: the handle is closed.
    } catch (IOException | RuntimeException | Error e) {
      failures.add(new AssertionError("in " + directory, e));
    }
  }

  private static void removeStrange(LayerDirectory directory) throws IOException {
    try {
      directory.remove(PRECIOUS);
      throw new AssertionError("removed what is in another directory");
    } catch (NoSuchFileException e) {
      // It is in another directory.
    }
  }

  private static void readStrange(LayerDirectory directory) throws IOException {
    if (directory.stat(PRECIOUS).isPresent() || !listNames(directory).isEmpty()) {
      throw new AssertionError("sees what is in another directory");
    }
  }
}
