package dev.overlays.linux.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.ClosedHandleException;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A chain of more open handles than have descriptors at a time. */
@Tag("long")
class ParkedDirectoryTest {
  private static final int LEVELS = 1500;
  private static final int MOST_DESCRIPTORS = 600;
  private static final Name DOWN = Name.of("d");
  private static final Name FILE = Name.of("f");

  @AutoClose private Sandbox sandbox;
  private Path layer;

  /** The root first, each in the one before. */
  private final List<LayerDirectory> chain = new ArrayList<>();

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.create();
    layer = sandbox.createDirectory("layer");
    chain.add(LayerStore.of(layer).open(layer));
  }

  @AfterEach
  void closeChain() throws IOException {
    for (LayerDirectory directory : chain) {
      directory.close();
    }
  }

  /** Opens a level after the other; each has a file that says which it is. */
  private void makeChain() throws IOException {
    for (int i = 0; i < LEVELS; i++) {
      LayerDirectory last = chain.get(i);
      try (OutputStream file = last.createFile(FILE)) {
        file.write(text(i));
      }
      last.createDirectory(DOWN);
      chain.add(last.open(DOWN));
    }
  }

  private static byte[] text(int level) {
    return Integer.toString(level).getBytes(US_ASCII);
  }

  private static void assertLevel(int level, LayerDirectory directory) throws IOException {
    try (var file = directory.readFile(FILE)) {
      assertEquals(Integer.toString(level), new String(file.readAllBytes(), US_ASCII));
    }
  }

  private static long descriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void everyHandleOfADeepChainLeadsToItsOwnDirectory() throws IOException {
    long before = descriptors();
    makeChain();
    assertTrue(descriptors() - before < MOST_DESCRIPTORS, "descriptors: " + descriptors());
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      int level = random.nextInt(LEVELS);
      assertLevel(level, chain.get(level));
    }
    for (int level = LEVELS - 1; level >= 0; level--) {
      chain.remove(level + 1).close();
      assertLevel(level, chain.get(level));
    }
    assertTrue(descriptors() - before < MOST_DESCRIPTORS, "descriptors: " + descriptors());
  }

  @Test
  void whatHasTakenThePlaceOfADirectoryIsNoticedAndNotUsed() throws IOException {
    makeChain();
    Path third = layer.resolve("d/d");
    Files.move(third, layer.resolve("elsewhere"));
    Files.createDirectories(third.resolve("d/d"));
    var noticed = assertThrows(FileSystemException.class, () -> chain.get(4).createDirectory(FILE));
    assertFalse(noticed instanceof ClosedHandleException, noticed.toString());
    assertTrue(noticed.getMessage().contains("moved"), noticed.toString());
    assertFalse(Files.exists(third.resolve("d/d/f")));
    // Those that are open lead to where they always did.
    assertLevel(LEVELS - 1, chain.get(LEVELS - 1));
  }

  @Test
  void aDirectoryThatWasMovedIsFoundFromOneInIt() throws IOException {
    makeChain();
    for (int level = LEVELS; level > 4; level--) {
      chain.remove(level).close();
    }
    Files.move(layer.resolve("d/d/d"), layer.resolve("elsewhere"));
    for (int level = 4; level >= 3; level--) {
      assertLevel(level, chain.get(level));
    }
  }

  @Test
  void aListingGoesOnWhereItWas() throws IOException {
    for (int i = 0; i < 1000; i++) {
      chain.get(0).createDirectory(Name.of("entry-" + i));
    }
    LayerDirectory listed = chain.get(0).open(Name.of("entry-7"));
    chain.add(listed);
    Set<Name> inside = new HashSet<>();
    for (int i = 0; i < 3000; i++) {
      Name name = Name.of("inner-" + i);
      listed.createFile(name).close();
      inside.add(name);
    }
    EntryCursor cursor = listed.entries();
    List<Name> told = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Name name = cursor.next().name();
      told.add(name);
      listed.remove(name);
    }
    List<LayerDirectory> others = new ArrayList<>();
    for (int i = 8; i < 1000; i++) {
      others.add(chain.get(0).open(Name.of("entry-" + i)));
    }
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      told.add(entry.name());
      listed.remove(entry.name());
    }
    for (LayerDirectory other : others) {
      other.close();
    }
    assertEquals(inside.size(), told.size());
    assertEquals(inside, new HashSet<>(told));
  }

  @Test
  void aParkedHandleThatIsClosedRefuses() throws IOException {
    makeChain();
    LayerDirectory parked = chain.remove(5);
    parked.close();
    parked.close();
    assertThrows(ClosedHandleException.class, () -> parked.stat(FILE));
    assertThrows(ClosedHandleException.class, parked::entries);
    assertLevel(4, chain.get(4));
  }

  @Test
  void theWayBackLastsAsLongAsAHandle() throws IOException {
    makeChain();
    LayerDirectory root = chain.remove(0);
    root.close();
    assertThrows(ClosedHandleException.class, () -> root.stat(FILE));
    assertLevel(3, chain.get(2));
  }

  @Test
  void severalThreadsFindTheirDirectories() throws Exception {
    makeChain();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Void>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(threads.submit(reader(i)));
      }
      for (Future<Void> result : results) {
        result.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      threads.shutdown();
    }
  }

  /** Reads levels far apart, and opens and closes directories of its own meanwhile. */
  private Callable<Void> reader(int seed) {
    return () -> {
      Random random = new Random(seed);
      List<Integer> levels = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        levels.add(random.nextInt(LEVELS));
      }
      Collections.shuffle(levels, random);
      for (int level : levels) {
        try (LayerDirectory own = chain.get(level).open(DOWN)) {
          assertLevel(level, chain.get(level));
          assertEquals(level + 1 < LEVELS, own.stat(FILE).isPresent());
        }
      }
      return null;
    };
  }
}
