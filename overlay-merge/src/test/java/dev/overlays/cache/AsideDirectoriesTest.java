package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Numbered directories beside a mount point. */
class AsideDirectoriesTest {
  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final Path instance = memory.getPath("/instance");

  @BeforeEach
  void makeInstance() throws IOException {
    Files.createDirectory(instance);
  }

  private void createDirectories(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectory(instance.resolve(name));
    }
  }

  private List<String> listedNames() throws OverlayException {
    return AsideDirectories.listIn(instance).stream()
        .map(aside -> aside.getFileName().toString())
        .toList();
  }

  @Test
  void directoriesAreListedByTheirNumbers() throws IOException {
    createDirectories(
        "mnts.overlays-aside-10", "mnts.overlays-aside-9", "view.overlays-aside-2", "upper");
    assertEquals(
        List.of("view.overlays-aside-2", "mnts.overlays-aside-9", "mnts.overlays-aside-10"),
        listedNames());
    assertEquals(11, AsideDirectories.nextNumber(instance));
  }

  /** What only looks similar belongs to somebody else, and nobody is told to delete it. */
  @Test
  void otherEntriesAreNotListed() throws IOException {
    createDirectories(
        "mnts.overlays-aside-0",
        "mnts.overlays-aside-01",
        "mnts.overlays-aside-",
        "mnts.overlays-aside-1a",
        "mnts.overlays-aside--1",
        "mnts.overlays-aside-1234567890",
        "mntsXoverlays-aside-1",
        "mnts.overlays-aside");
    Files.createFile(instance.resolve("mnts.overlays-aside-7"));
    Files.createSymbolicLink(instance.resolve("mnts.overlays-aside-8"), instance);
    assertEquals(List.of(), listedNames());
    assertEquals(1, AsideDirectories.nextNumber(instance));
  }

  @Test
  void nameAndNumberGoTogether() throws IOException {
    for (int number : new int[] {1, 9, 100_000_000, 999_999_998}) {
      createDirectories(AsideDirectories.directoryName("mnts", number));
      assertEquals(number + 1, AsideDirectories.nextNumber(instance));
    }
  }

  @Test
  void missingInstanceHasNone() throws IOException {
    assertEquals(List.of(), AsideDirectories.listIn(instance.resolve("missing")));
    Path file = Files.createFile(instance.resolve("file"));
    OverlayException e = assertThrows(OverlayException.class, () -> AsideDirectories.listIn(file));
    assertEquals(ProblemCode.CACHE_NOT_ACCESSIBLE, e.problems().get(0).code());
  }
}
