package dev.overlays.linux.programs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A store of RocksDB. */
final class RocksProgram implements DirectoryProgram {
  @Override
  public void prepare(Path directory) throws RocksDBException {
    try (Options options = new Options().setCreateIfMissing(true);
        FlushOptions flush = new FlushOptions();
        RocksDB store = RocksDB.open(options, directory.toString())) {
      store.put(bytes("key"), bytes("fixture"));
      store.put(bytes("other"), bytes("fixture"));
      store.flush(flush);
    }
  }

  @Override
  public void use(Path directory) throws RocksDBException {
    try (Options options = new Options();
        RocksDB store = RocksDB.open(options, directory.toString())) {
      assertEquals("fixture", new String(store.get(bytes("key")), UTF_8));
      store.put(bytes("key"), bytes("changed"));
      store.delete(bytes("other"));
      store.compactRange();
    }
  }

  @Override
  public void verify(Path directory) throws RocksDBException {
    try (Options options = new Options();
        RocksDB store = RocksDB.open(options, directory.toString())) {
      assertEquals("changed", new String(store.get(bytes("key")), UTF_8));
      assertNull(store.get(bytes("other")));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
