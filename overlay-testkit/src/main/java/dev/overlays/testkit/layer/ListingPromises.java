package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Listings, and the names in them. */
abstract class ListingPromises extends StorePromises {

  ListingPromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void emptyDirectoryListsNothing() throws IOException {
    assertEquals(Set.of(), names(root()));
  }

  @Test
  void listingTellsKinds() throws IOException {
    file(root(), A, "x");
    root().createDirectory(B);
    root().createSymlink(Name.of("link"), bytes("missing"));
    root().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    root().createWhiteout(Name.of("white"));
    for (LayerEntry entry : list(root())) {
      EntryType type = present(root(), entry.name()).type();
      assertTrue(entry.type() == type || entry.type() == EntryType.UNKNOWN, entry::toString);
    }
    assertEquals(5, list(root()).size());
  }

  @Test
  void bigDirectoryIsListedExactlyOnce() throws IOException {
    Set<Name> expected = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Name name = Name.of("entry with a longer name " + i);
      file(root(), name, "");
      expected.add(name);
    }
    List<LayerEntry> entries = list(root());
    assertEquals(2_000, entries.size());
    assertEquals(expected, names(root()));
  }

  @Test
  void whatStaysIsListedOnceWhileOthersAreRemoved() throws IOException {
    Set<Name> stay = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Name name = Name.of((i % 2 == 0 ? "stay" : "go") + i);
      file(root(), name, "");
      if (i % 2 == 0) {
        stay.add(name);
      }
    }
    List<Name> seen = new ArrayList<>();
    EntryCursor cursor = root().entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      if (stay.contains(entry.name())) {
        seen.add(entry.name());
      } else {
        root().remove(entry.name());
      }
    }
    assertEquals(stay.size(), seen.size());
    assertEquals(stay, new HashSet<>(seen));
    LayerEntries.removeAll(root());
    assertEquals(Set.of(), names(root()));
  }

  @Test
  void newCursorStartsAgainAndSeesWhatCame() throws IOException {
    file(root(), A, "");
    file(root(), B, "");
    root().entries().next();
    file(root(), MISSING, "");
    assertEquals(Set.of(A, B, MISSING), names(root()));
    root().remove(A);
    assertEquals(Set.of(B, MISSING), names(root()));
  }

  @Test
  void treesAreRemovedWithWhatIsInThem() throws IOException {
    root().createDirectory(A);
    try (LayerDirectory directory = root().open(A)) {
      directory.createDirectory(B);
      directory.createSymlink(Name.of("link"), bytes(".."));
      directory.createWhiteout(Name.of("white"));
      try (LayerDirectory inner = directory.open(B)) {
        file(inner, A, "x");
      }
    }
    file(root(), B, "stays");
    LayerEntries.removeTree(root(), A);
    assertEquals(Set.of(B), names(root()));
  }

  @Test
  void textNamesSurvive() throws IOException {
    List<String> texts = new ArrayList<>(List.of(" ", "a\nb", "\\", "é\u2603", "...", ".h", "*?"));
    texts.addAll(List.of("%41", "\u007f\u0001", "x".repeat(255), "\ud83d\ude00"));
    Set<Name> expected = new HashSet<>();
    for (String text : texts) {
      Name name = Name.of(text);
      file(root(), name, text);
      expected.add(name);
    }
    assertEquals(expected, names(root()));
    for (String text : texts) {
      assertEquals(text, content(root(), Name.of(text)));
    }
  }

  @Test
  void namesOfAnyBytesSurvive() throws IOException {
    assumeTrue(contract().anyNameBytes());
    List<byte[]> all = new ArrayList<>();
    all.add(new byte[] {(byte) 0xff});
    all.add(new byte[] {(byte) 0xc3});
    all.add(new byte[] {(byte) 0xc3, (byte) 0xa9, (byte) 0xc3});
    all.add(new byte[] {(byte) 0xed, (byte) 0xb2, (byte) 0x80});
    all.add(new byte[] {'a', (byte) 0x80, ' ', (byte) 0xfe, '\n'});
    Set<Name> expected = new HashSet<>();
    for (byte[] bytes : all) {
      Name name = Name.of(bytes);
      root().createDirectory(name);
      try (LayerDirectory directory = root().open(name)) {
        file(directory, name, "x");
        assertEquals(Set.of(name), names(directory));
      }
      root().createSymlink(Name.of("to " + all.indexOf(bytes)), bytes);
      assertArrayEquals(bytes, root().readSymlink(Name.of("to " + all.indexOf(bytes))));
      expected.add(name);
      expected.add(Name.of("to " + all.indexOf(bytes)));
    }
    assertEquals(expected, names(root()));
  }
}
