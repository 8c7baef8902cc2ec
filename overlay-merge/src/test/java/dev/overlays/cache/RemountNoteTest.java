package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The file by which a maintenance remembers what it has to mount again. */
class RemountNoteTest {
  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final Path instance = memory.getPath("/instance");
  private final RemountNote note = RemountNote.inDirectory(instance);

  @BeforeEach
  void makeInstance() throws IOException {
    Files.createDirectory(instance);
  }

  @Test
  void noteIsThereFromWritingToRemoving() throws IOException {
    assertFalse(note.isPresent());
    note.removeNote();
    note.writeNote();
    note.writeNote();
    assertTrue(note.isPresent());
    assertEquals(0, Files.size(note.file()));
    note.removeNote();
    assertFalse(note.isPresent());
  }

  /** Whoever can write to it can make a maintenance mount something. */
  @Test
  void onlyItsOwnerMayWriteTheNote() throws IOException {
    note.writeNote();
    assertEquals(
        "rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(note.file())));
  }

  /** A link in its place is a note, and what it leads to is neither written nor removed. */
  @Test
  void linksAreNotFollowed() throws IOException {
    Path elsewhere = memory.getPath("/elsewhere");
    Files.createSymbolicLink(note.file(), elsewhere);
    assertTrue(note.isPresent());
    note.writeNote();
    assertFalse(Files.exists(elsewhere));
    Files.writeString(elsewhere, "other");
    note.removeNote();
    assertEquals("other", Files.readString(elsewhere));
    assertFalse(note.isPresent());
  }

  @Test
  void failuresNameTheNote() throws IOException {
    Files.delete(instance);
    OverlayException e = assertThrows(OverlayException.class, note::writeNote);
    assertEquals(ProblemCode.CACHE_NOT_ACCESSIBLE, e.problems().get(0).code());
    assertEquals(note.file(), e.problems().get(0).path().orElseThrow());
    Files.createDirectories(note.file().resolve("in"));
    e = assertThrows(OverlayException.class, note::removeNote);
    assertEquals(ProblemCode.CACHE_NOT_ACCESSIBLE, e.problems().get(0).code());
  }
}
