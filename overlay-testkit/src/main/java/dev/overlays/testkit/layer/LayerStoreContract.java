package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What every {@link LayerStore} promises, for the author of one: extend it, say how a store and an
 * empty directory come about, and what the file system below cannot do.
 *
 * <p>The attributes used are {@code user.*}, which every process may set.
 */
public abstract class LayerStoreContract {
  private static final Name A = Name.of("a");
  private static final Name B = Name.of("b");
  private static final Name MISSING = Name.of("missing");
  private static final Instant EARLY = Instant.ofEpochSecond(1_000_000_000L, 123_456_789);
  private static final Instant LATE = Instant.ofEpochSecond(1_700_000_000L, 987_654_321);

  private LayerStore store;
  private Path rootPath;
  private LayerDirectory root;

  /** For subclasses. */
  protected LayerStoreContract() {}

  /**
   * Returns the store to be tested.
   *
   * @return the store
   */
  protected abstract LayerStore store();

  /**
   * Makes an empty directory that the store serves. All of one test are on the same file system.
   *
   * @return where it is
   * @throws IOException if it cannot be made
   */
  protected abstract Path newRoot() throws IOException;

  /**
   * Called after each test, when all handles are closed.
   *
   * @throws IOException if what {@link #newRoot()} has made cannot be removed
   */
  protected void removeRoot() throws IOException {}

  /**
   * Tells whether extended attributes can have names that are not ASCII.
   *
   * @return true, unless overridden
   */
  protected boolean anyXattrNames() {
    return true;
  }

  /**
   * Tells whether entries can have names that are not UTF-8.
   *
   * @return true, unless overridden
   */
  protected boolean anyNameBytes() {
    return true;
  }

  /**
   * Tells whether this process may give entries to other users, and set all twelve mode bits.
   *
   * @return true, unless overridden
   */
  protected boolean owners() {
    return true;
  }

  /**
   * Tells whether this process may make device nodes other than whiteouts.
   *
   * @return true, unless overridden
   */
  protected boolean devices() {
    return true;
  }

  /**
   * Tells whether a symbolic link can have two names.
   *
   * @return true, unless overridden
   */
  protected boolean linkedSymlinks() {
    return true;
  }

  /**
   * Tells whether the number of an inode's names is known.
   *
   * @return true, unless overridden
   */
  protected boolean linkCounts() {
    return true;
  }

  /**
   * Tells whether a symbolic link keeps its times to the nanosecond, and times before 1970 are
   * kept.
   *
   * @return true, unless overridden
   */
  protected boolean allTimes() {
    return true;
  }

  /**
   * Tells whether the target of a symbolic link is kept to the byte, even {@code a//b/}.
   *
   * @return true, unless overridden
   */
  protected boolean anySymlinkTarget() {
    return true;
  }

  /**
   * Tells whether this process may set the attributes {@code i} and {@code a} of chattr(1).
   *
   * @return true, unless overridden
   */
  protected boolean protection() {
    return true;
  }

  /**
   * Opens the root.
   *
   * @throws IOException if it cannot be opened
   */
  @BeforeEach
  void openRoot() throws IOException {
    store = store();
    rootPath = newRoot();
    root = store.open(rootPath);
  }

  @AfterEach
  void closeRoot() throws IOException {
    if (root != null) {
      root.close();
      removeRoot();
    }
  }

  // Opening

  @Test
  void servesTheRoot() {
    assertEquals(Optional.empty(), store.declines(rootPath));
    assertFalse(store.name().isEmpty());
  }

  @Test
  void rootThatIsMissingOrNoDirectoryIsRefused() throws IOException {
    file(root, A, "");
    assertThrows(NoSuchFileException.class, () -> store.open(rootPath.resolve("missing")));
    assertThrows(NotDirectoryException.class, () -> store.open(rootPath.resolve("a")));
  }

  @Test
  void linksOnTheWayToTheRootAreFollowed() throws IOException {
    root.createDirectory(A);
    root.createSymlink(B, bytes("a"));
    try (LayerDirectory through = store.open(rootPath.resolve("b"))) {
      file(through, A, "x");
    }
    try (LayerDirectory directory = root.open(A)) {
      assertEquals("x", content(directory, A));
    }
  }

  @Test
  void directoryOpensByName() throws IOException {
    root.createDirectory(A);
    try (LayerDirectory directory = root.open(A)) {
      assertTrue(same(present(root, A), present(directory, Name.SELF)));
      assertEquals(root + "/a", directory.toString());
    }
  }

  @Test
  void onlyDirectoriesOpen() throws IOException {
    file(root, A, "");
    root.createDirectory(B);
    root.createSymlink(Name.of("link"), bytes("b"));
    assertThrows(NotDirectoryException.class, () -> root.open(A));
    assertThrows(FileSystemException.class, () -> root.open(Name.of("link")));
    assertThrows(NoSuchFileException.class, () -> root.open(MISSING));
  }

  @Test
  void selfIsTheDirectory() throws IOException {
    root.createDirectory(A);
    try (LayerDirectory directory = root.open(A);
        LayerDirectory again = directory.open(Name.SELF)) {
      directory.setXattr(Name.SELF, "user.x", bytes("1"));
      directory.setMode(Name.SELF, 0750);
      directory.setTimes(Name.SELF, EARLY, LATE);
      assertArrayEquals(bytes("1"), root.xattr(A, "user.x").orElseThrow());
      assertEquals(0750, present(root, A).mode());
      assertEquals(LATE, present(again, Name.SELF).modified());
      file(again, B, "b");
      assertEquals("b", content(directory, B));
      assertThrows(IOException.class, () -> directory.remove(Name.SELF));
      assertThrows(IOException.class, () -> directory.removeDirectory(Name.SELF));
      assertThrows(IOException.class, () -> directory.rename(Name.SELF, root, B));
      assertThrows(IOException.class, () -> directory.createDirectory(Name.SELF));
    }
  }

  // Listing and names

  @Test
  void emptyDirectoryListsNothing() throws IOException {
    assertEquals(Set.of(), names(root));
  }

  @Test
  void listingTellsKinds() throws IOException {
    file(root, A, "x");
    root.createDirectory(B);
    root.createSymlink(Name.of("link"), bytes("missing"));
    root.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    root.createWhiteout(Name.of("white"));
    for (LayerEntry entry : list(root)) {
      EntryType type = present(root, entry.name()).type();
      assertTrue(entry.type() == type || entry.type() == EntryType.UNKNOWN, entry::toString);
    }
    assertEquals(5, list(root).size());
  }

  @Test
  void bigDirectoryIsListedExactlyOnce() throws IOException {
    Set<Name> expected = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Name name = Name.of("entry with a longer name " + i);
      file(root, name, "");
      expected.add(name);
    }
    List<LayerEntry> entries = list(root);
    assertEquals(2_000, entries.size());
    assertEquals(expected, names(root));
  }

  @Test
  void whatStaysIsListedOnceWhileOthersAreRemoved() throws IOException {
    Set<Name> stay = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Name name = Name.of((i % 2 == 0 ? "stay" : "go") + i);
      file(root, name, "");
      if (i % 2 == 0) {
        stay.add(name);
      }
    }
    List<Name> seen = new ArrayList<>();
    EntryCursor cursor = root.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      if (stay.contains(entry.name())) {
        seen.add(entry.name());
      } else {
        root.remove(entry.name());
      }
    }
    assertEquals(stay.size(), seen.size());
    assertEquals(stay, new HashSet<>(seen));
    LayerEntries.removeAll(root);
    assertEquals(Set.of(), names(root));
  }

  @Test
  void newCursorStartsAgainAndSeesWhatCame() throws IOException {
    file(root, A, "");
    file(root, B, "");
    root.entries().next();
    file(root, MISSING, "");
    assertEquals(Set.of(A, B, MISSING), names(root));
    root.remove(A);
    assertEquals(Set.of(B, MISSING), names(root));
  }

  @Test
  void treesAreRemovedWithWhatIsInThem() throws IOException {
    root.createDirectory(A);
    try (LayerDirectory directory = root.open(A)) {
      directory.createDirectory(B);
      directory.createSymlink(Name.of("link"), bytes(".."));
      directory.createWhiteout(Name.of("white"));
      try (LayerDirectory inner = directory.open(B)) {
        file(inner, A, "x");
      }
    }
    file(root, B, "stays");
    LayerEntries.removeTree(root, A);
    assertEquals(Set.of(B), names(root));
  }

  @Test
  void textNamesSurvive() throws IOException {
    List<String> texts = new ArrayList<>(List.of(" ", "a\nb", "\\", "é\u2603", "...", ".h", "*?"));
    texts.addAll(List.of("%41", "\u007f\u0001", "x".repeat(255), "\ud83d\ude00"));
    Set<Name> expected = new HashSet<>();
    for (String text : texts) {
      Name name = Name.of(text);
      file(root, name, text);
      expected.add(name);
    }
    assertEquals(expected, names(root));
    for (String text : texts) {
      assertEquals(text, content(root, Name.of(text)));
    }
  }

  @Test
  void namesOfAnyBytesSurvive() throws IOException {
    assumeTrue(anyNameBytes());
    List<byte[]> all = new ArrayList<>();
    all.add(new byte[] {(byte) 0xff});
    all.add(new byte[] {(byte) 0xc3});
    all.add(new byte[] {(byte) 0xc3, (byte) 0xa9, (byte) 0xc3});
    all.add(new byte[] {(byte) 0xed, (byte) 0xb2, (byte) 0x80});
    all.add(new byte[] {'a', (byte) 0x80, ' ', (byte) 0xfe, '\n'});
    Set<Name> expected = new HashSet<>();
    for (byte[] bytes : all) {
      Name name = Name.of(bytes);
      root.createDirectory(name);
      try (LayerDirectory directory = root.open(name)) {
        file(directory, name, "x");
        assertEquals(Set.of(name), names(directory));
      }
      root.createSymlink(Name.of("to " + all.indexOf(bytes)), bytes);
      assertArrayEquals(bytes, root.readSymlink(Name.of("to " + all.indexOf(bytes))));
      expected.add(name);
      expected.add(Name.of("to " + all.indexOf(bytes)));
    }
    assertEquals(expected, names(root));
  }

  // Making

  @Test
  void missingEntryHasNoStat() throws IOException {
    assertEquals(Optional.empty(), root.stat(MISSING));
  }

  @Test
  void newEntriesBelongToTheirOwnerOnly() throws IOException {
    file(root, A, "");
    root.createDirectory(B);
    root.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    assertEquals(0600, present(root, A).mode());
    assertEquals(0700, present(root, B).mode());
    assertEquals(0600, present(root, Name.of("pipe")).mode());
    assertEquals(present(root, Name.SELF).owner(), present(root, A).owner());
  }

  @Test
  void nothingIsMadeOverWhatIsThere() throws IOException {
    file(root, A, "kept");
    root.createDirectory(B);
    Name link = Name.of("link");
    root.createSymlink(link, bytes("missing"));
    for (Name name : List.of(A, B, link)) {
      List<Executable> makers =
          List.of(
              () -> root.createFile(name).close(),
              () -> root.createDirectory(name),
              () -> root.createSymlink(name, bytes("x")),
              () -> root.createNode(name, EntryType.FIFO, 0, 0),
              () -> root.createWhiteout(name),
              () -> root.createLink(A, root, name));
      for (Executable maker : makers) {
        assertThrows(FileAlreadyExistsException.class, maker, name::toString);
      }
    }
    assertEquals("kept", content(root, A));
    assertEquals(Set.of(A, B, link), names(root));
  }

  @Test
  void contentSurvives() throws IOException {
    byte[] large = new byte[150_001];
    new Random(1).nextBytes(large);
    try (OutputStream out = root.createFile(A)) {
      out.write(large, 0, 70_000);
      out.write(large[70_000]);
      out.write(large, 70_001, 80_000);
    }
    assertEquals(large.length, present(root, A).size());
    try (InputStream in = root.readFile(A)) {
      assertArrayEquals(large, in.readAllBytes());
    }
  }

  @Test
  void readingIsForRegularFiles() throws IOException {
    file(root, A, "x");
    root.createDirectory(B);
    root.createSymlink(Name.of("link"), bytes("a"));
    root.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    root.createWhiteout(Name.of("white"));
    for (String name : List.of("b", "link", "pipe", "white")) {
      assertThrows(
          FileSystemException.class, () -> root.readFile(Name.of(name)).close(), () -> name);
    }
    assertThrows(NoSuchFileException.class, () -> root.readFile(MISSING));
  }

  @Test
  void channelsReadAndWriteAtAnyPlace() throws IOException {
    file(root, A, "content");
    try (FileChannel channel = root.openFile(A, true)) {
      assertEquals(0, channel.position());
      channel.write(ByteBuffer.wrap("CO".getBytes(UTF_8)));
      channel.write(ByteBuffer.wrap("end".getBytes(UTF_8)), 9);
      assertEquals(2, channel.position());
      assertEquals(12, channel.size());
      ByteBuffer part = ByteBuffer.allocate(5);
      assertEquals(5, channel.read(part));
      assertArrayEquals("ntent".getBytes(UTF_8), part.array());
      channel.truncate(3);
    }
    assertEquals("COn", content(root, A));
  }

  @Test
  void channelForReadingWritesNothing() throws IOException {
    file(root, A, "content");
    try (FileChannel channel = root.openFile(A, false)) {
      ByteBuffer more = ByteBuffer.wrap(new byte[1]);
      assertThrows(NonWritableChannelException.class, () -> channel.write(more));
      assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
    }
    assertEquals("content", content(root, A));
  }

  @Test
  void channelKeepsItsInode() throws IOException {
    file(root, A, "content");
    file(root, B, "other");
    try (FileChannel channel = root.openFile(A, true)) {
      root.rename(A, root, B);
      channel.write(ByteBuffer.wrap("moved".getBytes(UTF_8)));
      assertEquals("movednt", content(root, B));
      root.remove(B);
      file(root, B, "new");
      channel.write(ByteBuffer.wrap("gone!".getBytes(UTF_8)), 0);
      ByteBuffer all = ByteBuffer.allocate(7);
      assertEquals(7, channel.read(all, 0));
      assertArrayEquals("gone!nt".getBytes(UTF_8), all.array());
    }
    assertEquals("new", content(root, B));
  }

  @Test
  void channelsAreForRegularFiles() throws IOException {
    root.createDirectory(A);
    root.createSymlink(B, "a".getBytes(UTF_8));
    root.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    for (boolean writable : new boolean[] {false, true}) {
      assertThrows(NoSuchFileException.class, () -> root.openFile(MISSING, writable).close());
      for (Name name : List.of(A, B, Name.of("pipe"))) {
        FileSystemException e =
            assertThrows(FileSystemException.class, () -> root.openFile(name, writable).close());
        assertEquals(root + "/" + name, e.getFile());
      }
    }
  }

  @Test
  void symlinksKeepTheirTarget() throws IOException {
    List<String> targets =
        new ArrayList<>(List.of("a", "../é", "/a b/\\", "../../../é/..", "x".repeat(1000), "."));
    if (anySymlinkTarget()) {
      targets.addAll(List.of("a//b/", "/", "./a/.", "//"));
    }
    for (String target : targets) {
      root.createSymlink(A, bytes(target));
      assertEquals(EntryType.SYMLINK, present(root, A).type());
      assertArrayEquals(bytes(target), root.readSymlink(A));
      root.remove(A);
    }
    file(root, A, "");
    assertThrows(FileSystemException.class, () -> root.readSymlink(A));
    assertThrows(NoSuchFileException.class, () -> root.readSymlink(MISSING));
  }

  @Test
  void pipesAndSocketsAreNodes() throws IOException {
    root.createNode(A, EntryType.FIFO, 0, 0);
    root.createNode(B, EntryType.SOCKET, 0, 0);
    assertEquals(EntryType.FIFO, present(root, A).type());
    assertEquals(EntryType.SOCKET, present(root, B).type());
    root.setMode(A, 0640);
    root.setTimes(A, EARLY, LATE);
    root.rename(A, root, MISSING);
    EntryStat stat = present(root, MISSING);
    assertEquals(EntryType.FIFO, stat.type());
    assertEquals(0640, stat.mode());
    assertEquals(LATE, stat.modified());
    assertEquals(List.of(), root.xattrs(MISSING));
  }

  @Test
  void devicesKeepTheirNumbers() throws IOException {
    assumeTrue(devices());
    root.createNode(A, EntryType.CHARACTER_DEVICE, 1, 3);
    root.createNode(B, EntryType.BLOCK_DEVICE, 259, 70_000);
    EntryStat a = present(root, A);
    EntryStat b = present(root, B);
    assertEquals(EntryType.CHARACTER_DEVICE, a.type());
    assertEquals(List.of(1, 3), List.of(a.deviceMajor(), a.deviceMinor()));
    assertEquals(EntryType.BLOCK_DEVICE, b.type());
    assertEquals(List.of(259, 70_000), List.of(b.deviceMajor(), b.deviceMinor()));
    assertFalse(a.isWhiteoutDevice());
  }

  @Test
  void whiteoutIsADeviceThatShowsNoMark() throws IOException {
    root.createWhiteout(A);
    assertTrue(present(root, A).isWhiteoutDevice());
    assertEquals(List.of(), root.xattrs(A));
    root.rename(A, root, B);
    assertTrue(present(root, B).isWhiteoutDevice());
    root.remove(B);
    assertEquals(Set.of(), names(root));
  }

  // Links

  @Test
  void linkIsTheSameInode() throws IOException {
    root.createDirectory(B);
    file(root, A, "one");
    assertEquals(1, present(root, A).links());
    try (LayerDirectory directory = root.open(B)) {
      root.createLink(A, directory, A);
      assertTrue(same(present(root, A), present(directory, A)));
      assertEquals(linkCounts() ? 2 : 1, present(root, A).links());
      root.remove(A);
      assertEquals("one", content(directory, A));
      assertEquals(1, present(directory, A).links());
    }
  }

  @Test
  void linksAreForWhatIsThereAndNoDirectory() throws IOException {
    root.createDirectory(A);
    assertThrows(FileSystemException.class, () -> root.createLink(A, root, B));
    assertThrows(NoSuchFileException.class, () -> root.createLink(MISSING, root, B));
    assertEquals(Set.of(A), names(root));
  }

  @Test
  void symlinkItselfIsLinked() throws IOException {
    assumeTrue(linkedSymlinks());
    file(root, A, "x");
    root.createSymlink(B, bytes("a"));
    root.createLink(B, root, Name.of("second"));
    assertEquals(EntryType.SYMLINK, present(root, Name.of("second")).type());
    assertTrue(same(present(root, B), present(root, Name.of("second"))));
  }

  @Test
  void inodesDiffer() throws IOException {
    file(root, A, "");
    root.createDirectory(B);
    assertFalse(same(present(root, A), present(root, B)));
    assertFalse(same(present(root, Name.SELF), present(root, B)));
    assertEquals(present(root, A).device(), present(root, B).device());
  }

  // Renaming

  @Test
  void renameMovesWithAllAttributes() throws IOException {
    root.createDirectory(B);
    file(root, A, "moved");
    root.setXattr(A, "user.x", bytes("1"));
    root.setMode(A, 0640);
    root.setTimes(A, EARLY, LATE);
    EntryStat before = present(root, A);
    try (LayerDirectory directory = root.open(B)) {
      root.rename(A, directory, MISSING);
      assertEquals(before, present(directory, MISSING));
      assertArrayEquals(bytes("1"), directory.xattr(MISSING, "user.x").orElseThrow());
      assertEquals("moved", content(directory, MISSING));
      assertEquals(Set.of(B), names(root));
    }
  }

  @Test
  void renameMovesATree() throws IOException {
    root.createDirectory(A);
    root.createDirectory(B);
    try (LayerDirectory directory = root.open(A)) {
      file(directory, A, "deep");
    }
    try (LayerDirectory target = root.open(B)) {
      root.rename(A, target, A);
      try (LayerDirectory moved = target.open(A)) {
        assertEquals("deep", content(moved, A));
      }
    }
    assertEquals(Set.of(B), names(root));
  }

  @Test
  void renameReplacesWhatIsNoDirectory() throws IOException {
    Name old = Name.of("old");
    for (Executable maker : makersOfNonDirectories(old)) {
      file(root, A, "new");
      call(maker);
      root.rename(A, root, old);
      assertEquals("new", content(root, old));
      assertEquals(Set.of(old), names(root));
      call(() -> root.remove(old));
    }
    for (Executable maker : makersOfNonDirectories(A)) {
      file(root, old, "old");
      call(maker);
      EntryStat moved = present(root, A);
      root.rename(A, root, old);
      assertEquals(moved.type(), present(root, old).type());
      assertTrue(same(moved, present(root, old)));
      root.remove(old);
    }
  }

  private List<Executable> makersOfNonDirectories(Name name) {
    return List.of(
        () -> file(root, name, "old"),
        () -> root.createSymlink(name, bytes("target")),
        () -> root.createNode(name, EntryType.FIFO, 0, 0),
        () -> root.createWhiteout(name));
  }

  @Test
  void renameReplacesAnEmptyDirectoryByADirectory() throws IOException {
    root.createDirectory(A);
    root.createDirectory(B);
    try (LayerDirectory directory = root.open(A)) {
      file(directory, A, "x");
    }
    EntryStat moved = present(root, A);
    root.rename(A, root, B);
    assertTrue(same(moved, present(root, B)));
    assertEquals(Set.of(B), names(root));
  }

  @Test
  void renameRefusesOtherReplacements() throws IOException {
    Name full = Name.of("full");
    root.createDirectory(A);
    root.createDirectory(full);
    try (LayerDirectory directory = root.open(full)) {
      file(directory, A, "x");
    }
    file(root, B, "x");
    Set<Name> before = names(root);
    assertThrows(DirectoryNotEmptyException.class, () -> root.rename(A, root, full));
    assertThrows(NotDirectoryException.class, () -> root.rename(A, root, B));
    assertThrows(FileSystemException.class, () -> root.rename(B, root, A));
    assertThrows(NoSuchFileException.class, () -> root.rename(MISSING, root, B));
    try (LayerDirectory directory = root.open(full)) {
      assertThrows(FileSystemException.class, () -> root.rename(full, directory, B));
    }
    assertEquals(before, names(root));
    assertEquals("x", content(root, B));
  }

  @Test
  void renameBetweenLinksOfOneInodeDoesNothing() throws IOException {
    file(root, A, "x");
    root.createLink(A, root, B);
    root.rename(A, root, B);
    assertEquals(Set.of(A, B), names(root));
    root.rename(A, root, A);
    assertEquals(Set.of(A, B), names(root));
  }

  // Removing

  @Test
  void removeTakesWhatIsNoDirectory() throws IOException {
    for (Executable maker : makersOfNonDirectories(A)) {
      call(maker);
      root.remove(A);
      assertEquals(Optional.empty(), root.stat(A));
    }
    root.createDirectory(A);
    assertThrows(FileSystemException.class, () -> root.remove(A));
    assertThrows(NoSuchFileException.class, () -> root.remove(MISSING));
    assertEquals(Set.of(A), names(root));
  }

  @Test
  void removeTakesTheLinkNotItsTarget() throws IOException {
    file(root, A, "x");
    root.createSymlink(B, bytes("a"));
    root.remove(B);
    assertEquals(Set.of(A), names(root));
  }

  @Test
  void removeDirectoryTakesEmptyOnes() throws IOException {
    root.createDirectory(A);
    try (LayerDirectory directory = root.open(A)) {
      file(directory, B, "");
    }
    file(root, B, "");
    root.createSymlink(Name.of("link"), bytes("a"));
    assertThrows(DirectoryNotEmptyException.class, () -> root.removeDirectory(A));
    assertThrows(NotDirectoryException.class, () -> root.removeDirectory(B));
    assertThrows(NotDirectoryException.class, () -> root.removeDirectory(Name.of("link")));
    assertThrows(NoSuchFileException.class, () -> root.removeDirectory(MISSING));
    LayerEntries.removeTree(root, A);
    assertEquals(Optional.empty(), root.stat(A));
  }

  // Attributes

  @Test
  void modesHaveTwelveBits() throws IOException {
    file(root, A, "");
    root.createDirectory(B);
    // Only root may look at what it may not read, and give away bits of owners.
    int[] modes = owners() ? new int[] {0, 0777, 0421, 06755, 07000} : new int[] {0777, 0421, 0700};
    for (int mode : modes) {
      root.setMode(A, mode);
      root.setMode(B, mode);
      assertEquals(mode, present(root, A).mode());
      assertEquals(mode, present(root, B).mode());
    }
    assertThrows(NoSuchFileException.class, () -> root.setMode(MISSING, 0600));
  }

  @Test
  void ownersAreNumbers() throws IOException {
    assumeTrue(owners());
    file(root, A, "");
    root.createDirectory(B);
    root.createSymlink(Name.of("link"), bytes("a"));
    root.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    int owner = 1001;
    for (String name : List.of("a", "b", "link", "pipe")) {
      root.setOwner(Name.of(name), owner, 70_000);
      assertEquals(owner, present(root, Name.of(name)).owner());
      assertEquals(70_000, present(root, Name.of(name)).group());
      owner++;
    }
    assertEquals(1001, present(root, A).owner());
    assertThrows(NoSuchFileException.class, () -> root.setOwner(MISSING, 1, 1));
  }

  @Test
  void timesHaveNanoseconds() throws IOException {
    file(root, A, "x");
    root.createDirectory(B);
    for (Name name : List.of(A, B)) {
      root.setTimes(name, EARLY, LATE);
      assertEquals(EARLY, present(root, name).accessed());
      assertEquals(LATE, present(root, name).modified());
      if (allTimes()) {
        Instant ancient = Instant.ofEpochSecond(-1_000, 123_456_789);
        root.setTimes(name, ancient, ancient);
        assertEquals(ancient, present(root, name).modified());
      }
    }
    assertThrows(NoSuchFileException.class, () -> root.setTimes(MISSING, EARLY, LATE));
  }

  @Test
  void timesOfALinkAreItsOwn() throws IOException {
    file(root, A, "x");
    root.createSymlink(B, bytes("a"));
    EntryStat before = present(root, A);
    root.setTimes(B, EARLY, LATE);
    assertEquals(before, present(root, A));
    Instant kept = present(root, B).modified();
    assertEquals(LATE.getEpochSecond(), kept.getEpochSecond());
    if (allTimes()) {
      assertEquals(LATE, kept);
    }
  }

  @Test
  void xattrsComeAndGo() throws IOException {
    byte[] big = new byte[2_000];
    new Random(2).nextBytes(big);
    file(root, A, "");
    root.createDirectory(B);
    for (Name name : List.of(A, B)) {
      assertEquals(Set.of(), userXattrs(name));
      root.setXattr(name, "user.empty", new byte[0]);
      root.setXattr(name, "user.big", big);
      root.setXattr(name, "user.new", bytes("long value"));
      root.setXattr(name, "user.new", bytes("short"));
      assertEquals(Set.of("user.empty", "user.big", "user.new"), userXattrs(name));
      assertArrayEquals(new byte[0], root.xattr(name, "user.empty").orElseThrow());
      assertArrayEquals(big, root.xattr(name, "user.big").orElseThrow());
      assertArrayEquals(bytes("short"), root.xattr(name, "user.new").orElseThrow());
      root.removeXattr(name, "user.big");
      root.removeXattr(name, "user.missing");
      assertEquals(Set.of("user.empty", "user.new"), userXattrs(name));
      assertEquals(Optional.empty(), root.xattr(name, "user.big"));
    }
  }

  @Test
  void marksAreXattrs() throws IOException {
    root.createDirectory(A);
    root.setXattr(A, "user.overlay.opaque", bytes("y"));
    assertEquals(Set.of("user.overlay.opaque"), userXattrs(A));
    assertArrayEquals(bytes("y"), root.xattr(A, "user.overlay.opaque").orElseThrow());
  }

  @Test
  void xattrNamesAreBytes() throws IOException {
    assumeTrue(anyXattrNames());
    file(root, A, "");
    String latin = "user.\u00c3\u00a9";
    root.setXattr(A, latin, bytes("1"));
    assertEquals(Set.of(latin), userXattrs(A));
    assertArrayEquals(bytes("1"), root.xattr(A, latin).orElseThrow());
  }

  @Test
  void xattrsAreNotThoseBehindALink() throws IOException {
    file(root, A, "x");
    root.setXattr(A, "user.x", bytes("1"));
    root.createSymlink(B, bytes("a"));
    assertEquals(Set.of(), userXattrs(B));
    assertEquals(Optional.empty(), root.xattr(B, "user.x"));
    assertThrows(FileSystemException.class, () -> root.setXattr(B, "user.y", bytes("2")));
    assertEquals(Set.of("user.x"), userXattrs(A));
  }

  @Test
  void xattrsOfWhatIsMissingAreRefused() {
    assertThrows(NoSuchFileException.class, () -> root.xattrs(MISSING));
    assertThrows(NoSuchFileException.class, () -> root.xattr(MISSING, "user.x"));
    assertThrows(NoSuchFileException.class, () -> root.setXattr(MISSING, "user.x", bytes("")));
    assertThrows(NoSuchFileException.class, () -> root.removeXattr(MISSING, "user.x"));
  }

  // Copies of data, protection, durability

  @Test
  void dataIsCopiedInPlaceOfWhatWasThere() throws IOException {
    file(root, A, "short");
    file(root, B, "something longer");
    EntryStat old = present(root, B);
    root.copyData(A, root, B);
    assertEquals("short", content(root, B));
    assertEquals("short", content(root, A));
    assertTrue(same(old, present(root, B)));
    root.createDirectory(Name.of("d"));
    try (LayerDirectory inner = root.open(Name.of("d"))) {
      file(inner, A, "");
      root.copyData(A, inner, A);
      assertEquals("short", content(inner, A));
      file(inner, B, "");
      inner.copyData(B, inner, A);
      assertEquals("", content(inner, A));
    }
  }

  @Test
  void bigDataIsCopiedWhole() throws IOException {
    byte[] data = new byte[3_000_001];
    new Random(1).nextBytes(data);
    try (OutputStream out = root.createFile(A)) {
      out.write(data);
    }
    file(root, B, "");
    root.copyData(A, root, B);
    try (InputStream in = root.readFile(B)) {
      assertArrayEquals(data, in.readAllBytes());
    }
  }

  @Test
  void holesStayHoles() throws IOException {
    int size = 8 << 20;
    file(root, A, "");
    try (FileChannel file = FileChannel.open(rootPath.resolve("a"), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes("middle")), size / 2);
      file.write(ByteBuffer.wrap(bytes("end")), size - 3);
    }
    file(root, B, "");
    root.copyData(A, root, B);
    EntryStat copy = present(root, B);
    assertEquals(size, copy.size());
    assertTrue(copy.allocated() < size / 2, copy::toString);
    try (InputStream one = root.readFile(A);
        InputStream other = root.readFile(B)) {
      assertArrayEquals(one.readAllBytes(), other.readAllBytes());
    }
  }

  @Test
  void dataIsCopiedBetweenFilesOnly() throws IOException {
    file(root, A, "a");
    root.createDirectory(B);
    root.createSymlink(Name.of("link"), bytes("a"));
    root.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    for (Name other : List.of(B, Name.of("link"), Name.of("pipe"), MISSING)) {
      assertThrows(IOException.class, () -> root.copyData(other, root, A), other::toString);
      assertThrows(IOException.class, () -> root.copyData(A, root, other), other::toString);
    }
    assertTrue(root.stat(MISSING).isEmpty());
  }

  @Test
  void protectionComesAndGoes() throws IOException {
    assumeTrue(protection(), "protection");
    file(root, A, "a");
    root.createDirectory(B);
    for (Name name : List.of(A, B)) {
      assertFalse(present(root, name).immutable());
      root.setProtection(name, true, false);
      try {
        assertTrue(present(root, name).immutable());
        assertFalse(present(root, name).appendOnly());
        root.setProtection(name, false, true);
        assertFalse(present(root, name).immutable());
        assertTrue(present(root, name).appendOnly());
      } finally {
        root.setProtection(name, false, false);
      }
      root.setMode(name, 0751);
      root.setOwner(name, present(root, name).owner(), present(root, name).group());
      assertFalse(present(root, name).appendOnly());
    }
    assertThrows(IOException.class, () -> root.setProtection(MISSING, true, false));
  }

  @Test
  void noProtectionCanBeTakenAnywhere() throws IOException {
    file(root, A, "a");
    root.setProtection(A, false, false);
    assertFalse(present(root, A).immutable() || present(root, A).appendOnly());
  }

  @Test
  void everythingCanBeMadeDurable() throws IOException {
    file(root, A, "a");
    root.syncFile(A);
    root.syncFileSystem();
    assertThrows(NoSuchFileException.class, () -> root.syncFile(MISSING));
  }

  @Test
  void thereIsSpaceLeft() throws IOException {
    assertTrue(root.freeSpace() > 0);
  }

  @Test
  void handlesTellInodesApart() throws IOException {
    file(root, A, "a");
    file(root, B, "b");
    root.createLink(A, root, Name.of("link"));
    Optional<byte[]> handle = root.fileHandle(A);
    assertThrows(NoSuchFileException.class, () -> root.fileHandle(MISSING));
    if (handle.isEmpty()) {
      assertEquals(Optional.empty(), root.fileHandle(B));
    } else {
      assertArrayEquals(handle.get(), root.fileHandle(Name.of("link")).orElseThrow());
      assertFalse(Arrays.equals(handle.get(), root.fileHandle(B).orElseThrow()));
    }
  }

  // Claiming

  @Test
  void claimExcludesOthers() throws IOException {
    Path work = newRoot();
    OverlaySpec first = spec(rootPath, newRoot(), work);
    OverlaySpec second = spec(rootPath, newRoot(), newRoot());
    OverlaySpec third = spec(newRoot(), newRoot(), work);
    try (Closeable claim = store.claim(first)) {
      for (OverlaySpec spec : List.of(first, second, third)) {
        OverlayException e = assertThrows(OverlayException.class, () -> store.claim(spec));
        assertTrue(e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
      assertNotEquals(null, claim);
    }
    // What was refused has claimed nothing.
    store.claim(second).close();
    try (Closeable claim = store.claim(third)) {
      store.claim(second).close();
      assertNotEquals(null, claim);
    }
  }

  @Test
  void claimClosedTwiceLeavesTheNextOneAlone() throws IOException {
    OverlaySpec spec = spec(rootPath, newRoot(), newRoot());
    Closeable first = store.claim(spec);
    first.close();
    try (Closeable second = store.claim(spec)) {
      first.close();
      assertThrows(OverlayException.class, () -> store.claim(spec));
      assertNotEquals(null, second);
    }
  }

  @Test
  void claimOfAMissingLayerIsRefused() throws IOException {
    OverlaySpec spec = spec(rootPath.resolve("missing"), newRoot(), newRoot());
    OverlayException e = assertThrows(OverlayException.class, () -> store.claim(spec));
    assertTrue(e.has(ProblemCode.LAYER_NOT_FOUND), e::toString);
  }

  @Test
  void holdSharesLowersAndKeepsClaimsAway() throws IOException {
    OverlaySpec first = spec(rootPath, newRoot(), newRoot());
    OverlaySpec second = spec(rootPath, newRoot(), newRoot());
    try (Closeable one = store.hold(first);
        Closeable two = store.hold(second)) {
      assertNotEquals(one, two);
      for (OverlaySpec spec : List.of(first, spec(rootPath, newRoot(), newRoot()))) {
        OverlayException e = assertThrows(OverlayException.class, () -> store.claim(spec));
        assertTrue(e.has(ProblemCode.LAYER_IN_USE) || e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
    }
    store.claim(List.of(first, second)).close();
  }

  @Test
  void holdHasItsUpperAndWorkAlone() throws IOException {
    OverlaySpec first = spec(rootPath, newRoot(), newRoot());
    OverlaySpec upper = spec(newRoot(), first.upper().orElseThrow(), newRoot());
    OverlaySpec work = spec(newRoot(), newRoot(), first.work().orElseThrow());
    try (Closeable hold = store.hold(first)) {
      assertNotEquals(null, hold);
      assertHeld(upper, ProblemCode.UPPER_IN_USE);
      assertHeld(work, ProblemCode.WORK_IN_USE);
    }
    store.hold(upper).close();
    store.hold(work).close();
  }

  private void assertHeld(OverlaySpec spec, ProblemCode code) {
    OverlayException e = assertThrows(OverlayException.class, () -> store.hold(spec));
    assertTrue(e.has(code) || e.has(ProblemCode.LAYER_LOCKED), e::toString);
  }

  @Test
  void claimKeepsHoldsAway() throws IOException {
    OverlaySpec spec = spec(rootPath, newRoot(), newRoot());
    OverlaySpec lower = spec(rootPath, newRoot(), newRoot());
    try (Closeable claim = store.claim(spec)) {
      assertNotEquals(null, claim);
      for (OverlaySpec held : List.of(spec, lower)) {
        OverlayException e = assertThrows(OverlayException.class, () -> store.hold(held));
        assertTrue(e.has(ProblemCode.LAYER_LOCKED), e::toString);
      }
    }
    // What was refused holds nothing.
    store.claim(List.of(spec, lower)).close();
  }

  private static OverlaySpec spec(Path lower, Path upper, Path work) {
    return OverlaySpec.builder().lower(lower).upper(upper).work(work).build();
  }

  private Set<String> userXattrs(Name name) throws IOException {
    Set<String> names = new HashSet<>(root.xattrs(name));
    // A file system may add its own, such as security.selinux.
    names.removeIf(xattr -> !xattr.startsWith("user."));
    return names;
  }

  private static List<LayerEntry> list(LayerDirectory directory) throws IOException {
    List<LayerEntry> entries = new ArrayList<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private static Set<Name> names(LayerDirectory directory) throws IOException {
    Set<Name> names = new HashSet<>();
    for (LayerEntry entry : list(directory)) {
      assertTrue(names.add(entry.name()), () -> "listed twice: " + entry);
    }
    return names;
  }

  private static void file(LayerDirectory directory, Name name, String content) throws IOException {
    try (OutputStream out = directory.createFile(name)) {
      out.write(bytes(content));
    }
  }

  private static String content(LayerDirectory directory, Name name) throws IOException {
    try (InputStream in = directory.readFile(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static EntryStat present(LayerDirectory directory, Name name) throws IOException {
    return LayerEntries.present(directory, name);
  }

  private static boolean same(EntryStat one, EntryStat other) {
    return one.sameInode(other);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void call(Executable maker) throws IOException {
    try {
      maker.execute();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
