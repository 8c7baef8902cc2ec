package dev.overlays.merge.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs over a store that enforces the attributes of chattr(1), as the kernel does. */
class LayerChangesTest {
  private static final Name FILE = Name.of("file");
  private static final Name DIR = Name.of("dir");
  private static final Name NEW = Name.of("new");

  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store =
      new FaultyLayerStore(
          new AlteredStore(HandMadeLayers.STORE, LayerChangesTest::enforceProtection));
  private final LayerChanges changes = new LayerChanges(false, MarkNamespace.TRUSTED);
  private LayerDirectory upper;
  private LayerDirectory lower;

  LayerChangesTest() throws IOException {}

  @BeforeEach
  void makeLayers() throws IOException {
    layers.addFile("upper/file", "new").addDirectory("upper/dir").addFile("lower/file", "old");
    layers.addDirectory("lower/dir");
    upper = store.open(layers.pathOf("upper"));
    lower = store.open(layers.pathOf("lower"));
  }

  @AfterEach
  void closeLayers() throws IOException {
    upper.close();
    lower.close();
    store.assertAllClosed();
  }

  /** Refuses changes to protected entries, and to the names in protected directories. */
  private static Object enforceProtection(
      LayerDirectory directory, String method, Object[] arguments, AlteredStore.OriginalCall call)
      throws IOException {
    switch (method) {
      case "remove", "removeDirectory", "createLink", "rename", "setMode", "setTimes" -> {
        refuseProtected(directory, (Name) arguments[0]);
        if (method.equals("rename")) {
          refuseProtected((LayerDirectory) arguments[1], (Name) arguments[2]);
        }
      }
      default -> {
        // Everything else is allowed.
      }
    }
    return call.make();
  }

  private static void refuseProtected(LayerDirectory directory, Name name) throws IOException {
    for (Name part : List.of(name, Name.SELF)) {
      Optional<EntryStat> stat = directory.stat(part);
      if (stat.isPresent() && (stat.get().immutable() || stat.get().appendOnly())) {
        throw new AccessDeniedException(directory + "/" + part);
      }
    }
  }

  @FunctionalInterface
  private interface Change {
    void make(LayerChanges changes) throws IOException;
  }

  private List<Change> allChanges() throws IOException {
    EntryStat stat = layers.statOf("upper/file");
    return List.of(
        all -> all.removeEntry(upper, FILE),
        all -> all.removeDirectory(upper, DIR),
        all -> all.createDirectory(upper, NEW),
        all -> all.createWhiteout(upper, NEW),
        all -> all.renameEntry(upper, FILE, lower, FILE),
        all -> all.removeAllMarks(upper, DIR, List.of("trusted.overlay.opaque")),
        all -> all.makeTransparent(upper, DIR),
        all -> all.makeOpaque(upper, DIR),
        all -> all.setMark(upper, DIR, Mark.IMPURE, new byte[] {'y'}),
        all -> all.removeMark(upper, DIR, Mark.OPAQUE),
        all -> all.setTimes(upper, FILE, stat),
        all -> all.copyAttributes(upper, FILE, stat, lower, FILE),
        all -> all.setProtection(upper, FILE, new ProtectionFlags(true, false)),
        all -> all.syncFileSystem(upper));
  }

  @Test
  void dryRunMakesNoChangeOfAnyKind() throws IOException {
    for (Change change : allChanges()) {
      change.make(new LayerChanges(true, MarkNamespace.TRUSTED));
      assertEquals(0, store.changeCount());
    }
    for (Change change : allChanges()) {
      long before = store.changeCount();
      makeLayersAgain();
      change.make(changes);
      assertFalse(store.changeCount() == before, "the change itself must be one");
    }
  }

  private void makeLayersAgain() throws IOException {
    layers.addFile("upper/file", "new").addDirectory("upper/dir").addFile("lower/file", "old");
    try (LayerDirectory plain = layers.openDirectory("upper")) {
      if (plain.stat(NEW).isPresent()) {
        LayerEntries.removeTree(plain, NEW);
      }
    }
  }

  private void protect(String layer, Name name, boolean appendOnly) throws IOException {
    try (LayerDirectory directory = layers.openDirectory(layer)) {
      directory.setProtection(name, !appendOnly, appendOnly);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void protectedEntryCanBeReplacedAndRemoved(boolean appendOnly) throws IOException {
    protect("lower", FILE, appendOnly);
    changes.renameEntry(upper, FILE, lower, FILE);
    assertEquals("new", layers.contentOf("lower/file"));
    protect("lower", FILE, appendOnly);
    protect("lower", Name.SELF, appendOnly);
    changes.removeEntry(lower, FILE);
    assertFalse(layers.exists("lower/file"));
    protect("lower", DIR, appendOnly);
    changes.removeDirectory(lower, DIR);
    assertFalse(layers.exists("lower/dir"));
  }

  @Test
  void protectedEntryGetsAttributesAndNames() throws IOException {
    layers.setMode("upper/file", 0601);
    protect("lower", FILE, false);
    changes.copyAttributes(upper, FILE, layers.statOf("upper/file"), lower, FILE);
    assertEquals(0601, layers.modeOf("lower/file"));
    protect("lower", FILE, false);
    changes.createLink(lower, FILE, lower, NEW);
    assertEquals(2, layers.statOf("lower/new").links());
  }

  /** Where nothing is protected, the refusal has another reason, which the caller has to see. */
  @Test
  void otherRefusalIsThrownAndChangesNoProtection() throws IOException {
    AccessDeniedException denied = new AccessDeniedException("/root/upper/file", null, "denied");
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeChange(FileOperation operation, String path) throws IOException {
            throw denied;
          }
        });
    assertEquals(
        denied, assertThrows(AccessDeniedException.class, () -> changes.removeEntry(upper, FILE)));
    assertEquals(1, store.changeCount(), "it is not tried again");
  }

  /** Without the opaque mark a redirect would take effect again. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void redirectIsRemovedBeforeTheOpaqueMark(boolean listed) throws IOException {
    layers.addMark("upper/dir", Mark.OPAQUE, "y").addMark("upper/dir", Mark.REDIRECT, "/elsewhere");
    store.faults().startRecording();
    if (listed) {
      changes.removeAllMarks(
          upper, DIR, List.of("trusted.overlay.opaque", "user.own", "trusted.overlay.redirect"));
    } else {
      changes.makeTransparent(upper, DIR);
    }
    assertEquals(
        List.of("REMOVE_XATTR", "REMOVE_XATTR"),
        store.faults().recordedOperations().stream()
            .map(RecordedOperation::operation)
            .map(Enum::name)
            .toList());
    assertEquals(Optional.empty(), layers.markOf("upper/dir", Mark.OPAQUE));
    assertEquals(Optional.empty(), layers.markOf("upper/dir", Mark.REDIRECT));
    layers.addMark("upper/dir", Mark.OPAQUE, "y").addMark("upper/dir", Mark.REDIRECT, "/elsewhere");
    store.failAt(store.changeCount() + 2);
    assertThrows(IOException.class, () -> changes.makeTransparent(upper, DIR));
    assertEquals(Optional.of("y"), layers.markOf("upper/dir", Mark.OPAQUE));
    assertEquals(Optional.empty(), layers.markOf("upper/dir", Mark.REDIRECT));
  }

  @Test
  void attributesThatAreNoMarksStay() throws IOException {
    upper.setXattr(FILE, "user.own", new byte[] {1});
    upper.setXattr(FILE, "trusted.overlay.overlay.opaque", new byte[] {2});
    layers.addMark("upper/file", Mark.ORIGIN, "handle");
    changes.removeAllMarks(upper, FILE, upper.xattrs(FILE));
    assertEquals(
        List.of("trusted.overlay.overlay.opaque", "user.own"),
        upper.xattrs(FILE).stream().sorted().toList(),
        "marks of a nested overlay belong to the user");
  }

  @Test
  void protectionIsSetOnlyWhereItDiffers() throws IOException {
    changes.setProtection(upper, FILE, ProtectionFlags.NONE);
    assertEquals(0, store.changeCount());
    changes.setProtection(upper, FILE, new ProtectionFlags(false, true));
    assertEquals(true, layers.statOf("upper/file").appendOnly());
    changes.setProtection(upper, FILE, ProtectionFlags.NONE);
    assertEquals(false, layers.statOf("upper/file").appendOnly());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "i", "a", "ia", "zi", "none"})
  void protectionOfAnEntryOfTheUpperIsReadFromItsMark(String letters) throws IOException {
    if (!letters.equals("none")) {
      layers.addMark("upper/file", Mark.PROTATTR, letters);
    }
    boolean marked = !letters.equals("none");
    assertEquals(
        new ProtectionFlags(marked && letters.contains("i"), marked && letters.contains("a")),
        ProtectionFlags.of(upper, FILE, MarkNamespace.TRUSTED));
  }
}
