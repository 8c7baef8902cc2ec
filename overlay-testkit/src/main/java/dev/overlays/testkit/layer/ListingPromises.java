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
    assertEquals(Set.of(), listNames(rootDirectory()));
  }

  @Test
  void listingTellsKinds() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().createDirectory(B);
    rootDirectory().createSymlink(Name.of("link"), utf8Bytes("missing"));
    rootDirectory().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    rootDirectory().createWhiteout(Name.of("white"));
    for (LayerEntry entry : listEntries(rootDirectory())) {
      EntryType type = requireStat(rootDirectory(), entry.name()).type();
      assertTrue(entry.type() == type || entry.type() == EntryType.UNKNOWN, entry::toString);
    }
    assertEquals(5, listEntries(rootDirectory()).size());
  }

  @Test
  void bigDirectoryIsListedExactlyOnce() throws IOException {
    Set<Name> expected = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Name name = Name.of("entry with a longer name " + i);
      createFile(rootDirectory(), name, "");
      expected.add(name);
    }
    List<LayerEntry> entries = listEntries(rootDirectory());
    assertEquals(2_000, entries.size());
    assertEquals(expected, listNames(rootDirectory()));
  }

  @Test
  void whatStaysIsListedOnceWhileOthersAreRemoved() throws IOException {
    Set<Name> stay = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Name name = Name.of((i % 2 == 0 ? "stay" : "go") + i);
      createFile(rootDirectory(), name, "");
      if (i % 2 == 0) {
        stay.add(name);
      }
    }
    List<Name> seen = new ArrayList<>();
    EntryCursor cursor = rootDirectory().entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      if (stay.contains(entry.name())) {
        seen.add(entry.name());
      } else {
        rootDirectory().remove(entry.name());
      }
    }
    assertEquals(stay.size(), seen.size());
    assertEquals(stay, new HashSet<>(seen));
    LayerEntries.removeAll(rootDirectory());
    assertEquals(Set.of(), listNames(rootDirectory()));
  }

  @Test
  void newCursorStartsAgainAndSeesWhatCame() throws IOException {
    createFile(rootDirectory(), A, "");
    createFile(rootDirectory(), B, "");
    rootDirectory().entries().next();
    createFile(rootDirectory(), MISSING, "");
    assertEquals(Set.of(A, B, MISSING), listNames(rootDirectory()));
    rootDirectory().remove(A);
    assertEquals(Set.of(B, MISSING), listNames(rootDirectory()));
  }

  @Test
  void treesAreRemovedWithWhatIsInThem() throws IOException {
    rootDirectory().createDirectory(A);
    try (LayerDirectory directory = rootDirectory().open(A)) {
      directory.createDirectory(B);
      directory.createSymlink(Name.of("link"), utf8Bytes(".."));
      directory.createWhiteout(Name.of("white"));
      try (LayerDirectory inner = directory.open(B)) {
        createFile(inner, A, "x");
      }
    }
    createFile(rootDirectory(), B, "stays");
    LayerEntries.removeTree(rootDirectory(), A);
    assertEquals(Set.of(B), listNames(rootDirectory()));
  }

  @Test
  void textNamesSurvive() throws IOException {
    List<String> texts = new ArrayList<>(List.of(" ", "a\nb", "\\", "é\u2603", "...", ".h", "*?"));
    texts.addAll(List.of("%41", "\u007f\u0001", "x".repeat(255), "\ud83d\ude00"));
    Set<Name> expected = new HashSet<>();
    for (String text : texts) {
      Name name = Name.of(text);
      createFile(rootDirectory(), name, text);
      expected.add(name);
    }
    assertEquals(expected, listNames(rootDirectory()));
    for (String text : texts) {
      assertEquals(text, readContent(rootDirectory(), Name.of(text)));
    }
  }

  @Test
  void namesOfAnyBytesSurvive() throws IOException {
    assumeTrue(storeContract().takesAnyNameBytes());
    List<byte[]> all = new ArrayList<>();
    all.add(new byte[] {(byte) 0xff});
    all.add(new byte[] {(byte) 0xc3});
    all.add(new byte[] {(byte) 0xc3, (byte) 0xa9, (byte) 0xc3});
    all.add(new byte[] {(byte) 0xed, (byte) 0xb2, (byte) 0x80});
    all.add(new byte[] {'a', (byte) 0x80, ' ', (byte) 0xfe, '\n'});
    Set<Name> expected = new HashSet<>();
    for (byte[] bytes : all) {
      Name name = Name.of(bytes);
      rootDirectory().createDirectory(name);
      try (LayerDirectory directory = rootDirectory().open(name)) {
        createFile(directory, name, "x");
        assertEquals(Set.of(name), listNames(directory));
      }
      rootDirectory().createSymlink(Name.of("to " + all.indexOf(bytes)), bytes);
      assertArrayEquals(bytes, rootDirectory().readSymlink(Name.of("to " + all.indexOf(bytes))));
      expected.add(name);
      expected.add(Name.of("to " + all.indexOf(bytes)));
    }
    assertEquals(expected, listNames(rootDirectory()));
  }
}
