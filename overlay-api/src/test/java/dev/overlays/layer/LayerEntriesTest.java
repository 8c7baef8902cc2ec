package dev.overlays.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class LayerEntriesTest {
  @Test
  void reasonOfAFailureWithoutATextIsInWords() {
    assertEquals("no space", LayerEntries.reasonOf(new FileSystemException("a", null, "no space")));
    assertEquals("permission denied", LayerEntries.reasonOf(new AccessDeniedException("a")));
    assertEquals("no such file or directory", LayerEntries.reasonOf(new NoSuchFileException("a")));
    assertEquals("not a directory", LayerEntries.reasonOf(new NotDirectoryException("a")));
    assertEquals("it exists already", LayerEntries.reasonOf(new FileAlreadyExistsException("a")));
    assertEquals(
        "AtomicMoveNotSupportedException",
        LayerEntries.reasonOf(new AtomicMoveNotSupportedException("a", "b", null)));
  }
}
