package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Modes, owners, times and protection. */
abstract class AttributePromises extends StorePromises {

  AttributePromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void modesHaveTwelveBits() throws IOException {
    createFile(rootDirectory(), A, "");
    rootDirectory().createDirectory(B);
    // Only root may use an entry that it may not read, and set all mode bits.
    int[] modes =
        storeContract().maySetOwners()
            ? new int[] {0, 0777, 0421, 06755, 07000}
            : new int[] {0777, 0421, 0700};
    for (int mode : modes) {
      rootDirectory().setMode(A, mode);
      rootDirectory().setMode(B, mode);
      assertEquals(mode, requireStat(rootDirectory(), A).mode());
      assertEquals(mode, requireStat(rootDirectory(), B).mode());
    }
    assertThrows(NoSuchFileException.class, () -> rootDirectory().setMode(MISSING, 0600));
  }

  @Test
  void ownersAreNumbers() throws IOException {
    assumeTrue(storeContract().maySetOwners());
    createFile(rootDirectory(), A, "");
    rootDirectory().createDirectory(B);
    rootDirectory().createSymlink(Name.of("link"), utf8Bytes("a"));
    rootDirectory().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    int owner = 1001;
    for (String name : List.of("a", "b", "link", "pipe")) {
      rootDirectory().setOwner(Name.of(name), owner, 70_000);
      assertEquals(owner, requireStat(rootDirectory(), Name.of(name)).owner());
      assertEquals(70_000, requireStat(rootDirectory(), Name.of(name)).group());
      owner++;
    }
    assertEquals(1001, requireStat(rootDirectory(), A).owner());
    assertThrows(NoSuchFileException.class, () -> rootDirectory().setOwner(MISSING, 1, 1));
  }

  @Test
  void timesHaveNanoseconds() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().createDirectory(B);
    for (Name name : List.of(A, B)) {
      rootDirectory().setTimes(name, EARLY, LATE);
      assertEquals(EARLY, requireStat(rootDirectory(), name).accessed());
      assertEquals(LATE, requireStat(rootDirectory(), name).modified());
      if (storeContract().keepsAllTimes()) {
        Instant ancient = Instant.ofEpochSecond(-1_000, 123_456_789);
        rootDirectory().setTimes(name, ancient, ancient);
        assertEquals(ancient, requireStat(rootDirectory(), name).modified());
      }
    }
    assertThrows(NoSuchFileException.class, () -> rootDirectory().setTimes(MISSING, EARLY, LATE));
  }

  @Test
  void timesOfALinkAreItsOwn() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().createSymlink(B, utf8Bytes("a"));
    EntryStat before = requireStat(rootDirectory(), A);
    rootDirectory().setTimes(B, EARLY, LATE);
    assertEquals(before, requireStat(rootDirectory(), A));
    Instant kept = requireStat(rootDirectory(), B).modified();
    assertEquals(LATE.getEpochSecond(), kept.getEpochSecond());
    if (storeContract().keepsAllTimes()) {
      assertEquals(LATE, kept);
    }
  }

  @Test
  void protectionComesAndGoes() throws IOException {
    assumeTrue(storeContract().maySetProtection(), "protection");
    createFile(rootDirectory(), A, "a");
    rootDirectory().createDirectory(B);
    for (Name name : List.of(A, B)) {
      assertFalse(requireStat(rootDirectory(), name).immutable());
      rootDirectory().setProtection(name, true, false);
      try {
        assertTrue(requireStat(rootDirectory(), name).immutable());
        assertFalse(requireStat(rootDirectory(), name).appendOnly());
        rootDirectory().setProtection(name, false, true);
        assertFalse(requireStat(rootDirectory(), name).immutable());
        assertTrue(requireStat(rootDirectory(), name).appendOnly());
      } finally {
        rootDirectory().setProtection(name, false, false);
      }
      rootDirectory().setMode(name, 0751);
      rootDirectory()
          .setOwner(
              name,
              requireStat(rootDirectory(), name).owner(),
              requireStat(rootDirectory(), name).group());
      assertFalse(requireStat(rootDirectory(), name).appendOnly());
    }
    assertThrows(IOException.class, () -> rootDirectory().setProtection(MISSING, true, false));
  }

  @Test
  void noProtectionCanBeTakenAnywhere() throws IOException {
    createFile(rootDirectory(), A, "a");
    rootDirectory().setProtection(A, false, false);
    assertFalse(
        requireStat(rootDirectory(), A).immutable()
            || requireStat(rootDirectory(), A).appendOnly());
  }
}
