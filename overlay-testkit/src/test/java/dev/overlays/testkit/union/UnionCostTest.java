package dev.overlays.testkit.union;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which operations on layers a view needs; each of them costs more than anything else it does. */
class UnionCostTest {
  private UnionFixture bed;
  private FaultyLayerStore store;
  private UnionFileSystem union;

  @BeforeEach
  void openUnion() throws IOException {
    bed = new UnionFixture(1);
    Path below = Files.createDirectory(bed.topLower().resolve("below"));
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(below.resolve(name), name);
    }
    store = new FaultyLayerStore(new PortableLayerStore());
    union = UnionFileSystems.open(bed.specBuilder().build(), store);
    // The first use of a directory opens it.
    Files.createDirectory(pathAt("made"));
    Files.writeString(pathAt("made/first"), "first");
    Files.readString(pathAt("below/a"));
    store.faults().startRecording();
  }

  @AfterEach
  void closeUnion() throws IOException {
    union.close();
    bed.close();
  }

  private Path pathAt(String path) {
    return union.getPath("/" + path);
  }

  @FunctionalInterface
  private interface ViewCall {
    void run() throws IOException;
  }

  private List<String> operationsOf(ViewCall call) throws IOException {
    int before = store.faults().recordedOperations().size();
    call.run();
    List<RecordedOperation> all = store.faults().recordedOperations();
    return all.subList(before, all.size()).stream().map(RecordedOperation::toString).toList();
  }

  @Test
  void aNewFileIsCreatedWithoutASearchForItsName() throws IOException {
    assertEquals(
        List.of(
            "STAT /upper/made",
            "READ_XATTR /upper/made",
            "CREATE_FILE /upper/made/new",
            "OPEN_FOR_WRITING /upper/made/new",
            "WRITE /upper/made/new"),
        operationsOf(() -> Files.writeString(pathAt("made/new"), "new")));
  }

  @Test
  void whereLowersMayHaveItTheNameIsSearchedForOnce() throws IOException {
    Files.createFile(pathAt("below/other"));
    assertEquals(
        List.of(
            "STAT /upper/below",
            "STAT /upper/below/new",
            "STAT /lower0/below/new",
            "READ_XATTR /upper/below",
            "CREATE_FILE /upper/below/new",
            "OPEN_FOR_WRITING /upper/below/new"),
        operationsOf(() -> Files.createFile(pathAt("below/new"))));
  }

  /** A search that fails is dear, but so is a creation that fails. */
  @Test
  void filesThatAreOverwrittenAreNoLongerTakenForNew() throws IOException {
    Files.writeString(pathAt("made/first"), "again");
    List<String> operations =
        operationsOf(() -> Files.writeString(pathAt("made/first"), "and again"));
    assertTrue(operations.stream().noneMatch(o -> o.startsWith("CREATE")), operations::toString);
    assertEquals(8, operations.size(), operations::toString);
    Files.createFile(pathAt("made/new"));
    assertEquals(4, operationsOf(() -> Files.createFile(pathAt("made/newer"))).size());
  }

  @Test
  void readingAsksForTheFileAndWhereItsDataIs() throws IOException {
    assertEquals(
        List.of(
            "STAT /upper/made",
            "STAT /upper/made/first",
            "READ_XATTR /upper/made/first",
            "OPEN /upper/made/first"),
        operationsOf(() -> Files.newByteChannel(pathAt("made/first")).close()));
    assertEquals(
        List.of(
            "STAT /upper/below",
            "STAT /lower0/below",
            "STAT /lower0/below/a",
            "READ_XATTR /lower0/below/a",
            "OPEN /lower0/below/a"),
        operationsOf(() -> Files.newByteChannel(pathAt("below/a")).close()));
  }

  @Test
  void aListingAsksOnceForEachFile() throws IOException {
    Files.createFile(pathAt("made/second"));
    assertEquals(
        List.of(
            "STAT /upper/made",
            "LIST /upper/made",
            "READ_XATTR /upper/made/first",
            "READ_XATTR /upper/made/second"),
        operationsOf(() -> listAll("made")));
    assertEquals(
        List.of(
            "STAT /upper/below",
            "STAT /lower0/below",
            "LIST /lower0/below",
            "STAT /lower0/below/a",
            "STAT /lower0/below/b",
            "STAT /lower0/below/c"),
        operationsOf(() -> listAll("below")));
  }

  private void listAll(String directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(pathAt(directory))) {
      entries.forEach(entry -> assertTrue(entry.startsWith(pathAt(directory))));
    }
  }

  @Test
  void aDeletionFindsTheFileOnce() throws IOException {
    assertEquals(
        List.of(
            "STAT /upper/made",
            "STAT /upper/made/first",
            "READ_XATTR /upper/made",
            "READ_XATTR /upper/made/first",
            "REMOVE /upper/made/first"),
        operationsOf(() -> Files.delete(pathAt("made/first"))));
  }

  @Test
  void aWhiteoutIsPutInPlaceWithoutAFurtherSearch() throws IOException {
    Files.delete(pathAt("below/a"));
    String staged = "/works/overlays-union/#1";
    assertEquals(
        List.of(
            "STAT /upper/below",
            "STAT /upper/below/b",
            "STAT /lower0/below/b",
            "READ_XATTR /upper/below",
            "READ_XATTR /upper/below",
            "CREATE_WHITEOUT " + staged,
            "RENAME " + staged + " -> /upper/below/b"),
        operationsOf(() -> Files.delete(pathAt("below/b"))));
  }

  /** Fifty times the files cost fifty times as much. */
  @Test
  void theCostOfAFileDependsNeitherOnItsNeighboursNorOnTheirNumber() throws IOException {
    int few = operationsOf(() -> makeReadListAndDelete("few", 4)).size();
    int many = operationsOf(() -> makeReadListAndDelete("many", 200)).size();
    assertEquals(50 * (few - costOfNoFiles("none")), many - costOfNoFiles("nothing"));
  }

  private int costOfNoFiles(String directory) throws IOException {
    return operationsOf(() -> makeReadListAndDelete(directory, 0)).size();
  }

  private void makeReadListAndDelete(String directory, int files) throws IOException {
    Files.createDirectory(pathAt(directory));
    Files.createFile(pathAt(directory + "/first"));
    for (int i = 0; i < files; i++) {
      Files.writeString(pathAt(directory + "/" + i), "file " + i);
    }
    for (int i = 0; i < files; i++) {
      assertEquals("file " + i, Files.readString(pathAt(directory + "/" + i)));
    }
    listAll(directory);
    for (int i = 0; i < files; i += 2) {
      Files.delete(pathAt(directory + "/" + i));
    }
  }
}
