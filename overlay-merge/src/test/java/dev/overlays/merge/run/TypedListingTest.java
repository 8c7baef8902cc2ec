package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@link TypedCursor} and {@link DirectoryListing}, with and without types in listings. */
class TypedListingTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private final AtomicInteger stats = new AtomicInteger();

  TypedListingTest() throws IOException {}

  private static EntryCursor withoutTypes(EntryCursor cursor) {
    return () -> {
      LayerEntry entry = cursor.next();
      return entry == null ? null : new LayerEntry(entry.name(), EntryType.UNKNOWN, 0);
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void typeIsReadOnlyWhereTheListingDoesNotHaveIt(boolean listed) throws IOException {
    layers.addFile("upper/file", "").addDirectory("upper/dir").addWhiteout("upper/gone");
    AlteredStore store =
        new AlteredStore(
            HandMadeLayers.STORE,
            (directory, method, arguments, call) -> {
              if (method.equals("stat")) {
                stats.incrementAndGet();
              }
              return method.equals("entries") && !listed
                  ? withoutTypes((EntryCursor) call.make())
                  : call.make();
            });
    Map<String, EntryType> found = new TreeMap<>();
    try (LayerDirectory upper = store.open(layers.pathOf("upper"))) {
      DirectoryListing.forEach(upper, (name, type) -> found.put(name.toString(), type));
      assertEquals(listed ? 0 : 3, stats.get());
      TypedCursor cursor = new TypedCursor(upper);
      while (cursor.nextEntry()) {
        Name name = cursor.entryName();
        assertEquals(found.get(name.toString()), cursor.entryType(), name.toString());
      }
      assertFalse(cursor.nextEntry());
    }
    assertEquals(
        Map.of(
            "file", EntryType.FILE, "dir", EntryType.DIRECTORY, "gone", EntryType.CHARACTER_DEVICE),
        found);
  }
}
