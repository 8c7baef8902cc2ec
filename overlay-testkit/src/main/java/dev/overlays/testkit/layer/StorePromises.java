package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;

/** The promises on one subject. Each test has an empty directory of its own. */
abstract class StorePromises {
  static final Name A = Name.of("a");
  static final Name B = Name.of("b");
  static final Name MISSING = Name.of("missing");
  static final Instant EARLY = Instant.ofEpochSecond(1_000_000_000L, 123_456_789);
  static final Instant LATE = Instant.ofEpochSecond(1_700_000_000L, 987_654_321);

  private final LayerStoreContract contract;

  StorePromises(LayerStoreContract contract) {
    this.contract = contract;
  }

  /**
   * The contract that is being run, which creates the store and names what the file system lacks.
   */
  final LayerStoreContract storeContract() {
    return contract;
  }

  final LayerStore testedStore() {
    return contract.openedStore();
  }

  /** The empty directory of this test. */
  final LayerDirectory rootDirectory() {
    return contract.rootDirectory();
  }

  final Path rootPath() {
    return contract.rootPath();
  }

  List<Executable> makersOfNonDirectories(Name name) {
    return List.of(
        () -> createFile(rootDirectory(), name, "old"),
        () -> rootDirectory().createSymlink(name, utf8Bytes("target")),
        () -> rootDirectory().createNode(name, EntryType.FIFO, 0, 0),
        () -> rootDirectory().createWhiteout(name));
  }

  static List<LayerEntry> listEntries(LayerDirectory directory) throws IOException {
    List<LayerEntry> entries = new ArrayList<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.add(entry);
    }
    return entries;
  }

  static Set<Name> listNames(LayerDirectory directory) throws IOException {
    Set<Name> names = new HashSet<>();
    for (LayerEntry entry : listEntries(directory)) {
      assertTrue(names.add(entry.name()), () -> "listed twice: " + entry);
    }
    return names;
  }

  static void createFile(LayerDirectory directory, Name name, String content) throws IOException {
    try (OutputStream out = directory.createFile(name)) {
      out.write(utf8Bytes(content));
    }
  }

  static String readContent(LayerDirectory directory, Name name) throws IOException {
    try (InputStream in = directory.readFile(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  static EntryStat requireStat(LayerDirectory directory, Name name) throws IOException {
    return LayerEntries.requireStat(directory, name);
  }

  static boolean isSameInode(EntryStat one, EntryStat other) {
    return one.sameInode(other);
  }

  static byte[] utf8Bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static void makeEntry(Executable maker) throws IOException {
    try {
      maker.execute();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
