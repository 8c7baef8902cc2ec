package dev.overlays.linux.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.AlreadyClosedException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The differences between views and directories that docs/views.md names. */
class KnownLimitsTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  /** Opening the lock for writing copies it up, which changes its creation time. */
  @Test
  void luceneRejectsALockThatIsCopiedUpOnce() throws IOException {
    LuceneProgram.add(sandbox.createDirectory("lower/index"), "fixture");
    try (OverlayMount view = Overlays.mount(sandbox.newLayers().build())) {
      Path index = view.root().resolve("index");
      Path lock = index.resolve(IndexWriter.WRITE_LOCK_NAME);
      Object born = Files.getAttribute(lock, "creationTime");
      assertThrows(AlreadyClosedException.class, () -> LuceneProgram.add(index, "new"));
      assertNotEquals(born, Files.getAttribute(lock, "creationTime"));
      LuceneProgram.add(index, "new");
    }
  }

  @Test
  void aDirectoryOfALowerIsMovedWhereRedirectDirIsOn() throws IOException {
    sandbox.createFile("lower/old/file", "lower");
    try (OverlayMount view = Overlays.mount(sandbox.newLayers().build())) {
      Path old = view.root().resolve("old");
      Path moved = view.root().resolve("moved");
      assertThrows(DirectoryNotEmptyException.class, () -> Files.move(old, moved));
      assertEquals("lower", Files.readString(old.resolve("file")));
    }
    var spec = sandbox.newLayers().options(options -> options.withRedirectDir(RedirectDir.ON));
    try (OverlayMount view = Overlays.mount(spec.build())) {
      Files.move(view.root().resolve("old"), view.root().resolve("moved"));
      assertEquals("lower", Files.readString(view.root().resolve("moved/file")));
    }
  }

  /** Of the hard links in the lower, only the written one shows the new content. */
  @Test
  void aFileOfALowerThatIsWrittenLeavesItsOtherNames() throws IOException {
    Path first = sandbox.createFile("lower/first", "lower");
    Files.createLink(sandbox.path("lower/second"), first);
    try (OverlayMount view = Overlays.mount(sandbox.newLayers().build())) {
      Files.writeString(view.root().resolve("first"), "changed");
      assertEquals("lower", Files.readString(view.root().resolve("second")));
    }
  }
}
