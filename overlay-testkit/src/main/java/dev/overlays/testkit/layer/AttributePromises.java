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
    file(root(), A, "");
    root().createDirectory(B);
    // Only root may use an entry that it may not read, and set all mode bits.
    int[] modes =
        contract().owners()
            ? new int[] {0, 0777, 0421, 06755, 07000}
            : new int[] {0777, 0421, 0700};
    for (int mode : modes) {
      root().setMode(A, mode);
      root().setMode(B, mode);
      assertEquals(mode, present(root(), A).mode());
      assertEquals(mode, present(root(), B).mode());
    }
    assertThrows(NoSuchFileException.class, () -> root().setMode(MISSING, 0600));
  }

  @Test
  void ownersAreNumbers() throws IOException {
    assumeTrue(contract().owners());
    file(root(), A, "");
    root().createDirectory(B);
    root().createSymlink(Name.of("link"), bytes("a"));
    root().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    int owner = 1001;
    for (String name : List.of("a", "b", "link", "pipe")) {
      root().setOwner(Name.of(name), owner, 70_000);
      assertEquals(owner, present(root(), Name.of(name)).owner());
      assertEquals(70_000, present(root(), Name.of(name)).group());
      owner++;
    }
    assertEquals(1001, present(root(), A).owner());
    assertThrows(NoSuchFileException.class, () -> root().setOwner(MISSING, 1, 1));
  }

  @Test
  void timesHaveNanoseconds() throws IOException {
    file(root(), A, "x");
    root().createDirectory(B);
    for (Name name : List.of(A, B)) {
      root().setTimes(name, EARLY, LATE);
      assertEquals(EARLY, present(root(), name).accessed());
      assertEquals(LATE, present(root(), name).modified());
      if (contract().allTimes()) {
        Instant ancient = Instant.ofEpochSecond(-1_000, 123_456_789);
        root().setTimes(name, ancient, ancient);
        assertEquals(ancient, present(root(), name).modified());
      }
    }
    assertThrows(NoSuchFileException.class, () -> root().setTimes(MISSING, EARLY, LATE));
  }

  @Test
  void timesOfALinkAreItsOwn() throws IOException {
    file(root(), A, "x");
    root().createSymlink(B, bytes("a"));
    EntryStat before = present(root(), A);
    root().setTimes(B, EARLY, LATE);
    assertEquals(before, present(root(), A));
    Instant kept = present(root(), B).modified();
    assertEquals(LATE.getEpochSecond(), kept.getEpochSecond());
    if (contract().allTimes()) {
      assertEquals(LATE, kept);
    }
  }

  @Test
  void protectionComesAndGoes() throws IOException {
    assumeTrue(contract().protection(), "protection");
    file(root(), A, "a");
    root().createDirectory(B);
    for (Name name : List.of(A, B)) {
      assertFalse(present(root(), name).immutable());
      root().setProtection(name, true, false);
      try {
        assertTrue(present(root(), name).immutable());
        assertFalse(present(root(), name).appendOnly());
        root().setProtection(name, false, true);
        assertFalse(present(root(), name).immutable());
        assertTrue(present(root(), name).appendOnly());
      } finally {
        root().setProtection(name, false, false);
      }
      root().setMode(name, 0751);
      root().setOwner(name, present(root(), name).owner(), present(root(), name).group());
      assertFalse(present(root(), name).appendOnly());
    }
    assertThrows(IOException.class, () -> root().setProtection(MISSING, true, false));
  }

  @Test
  void noProtectionCanBeTakenAnywhere() throws IOException {
    file(root(), A, "a");
    root().setProtection(A, false, false);
    assertFalse(present(root(), A).immutable() || present(root(), A).appendOnly());
  }
}
