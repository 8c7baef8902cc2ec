package dev.overlays.merge.oci.unpack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which attributes of an archive are accepted, and how they get into a layer. */
class AttributeImportTest {
  private static final String ACL = "user::rwx,group::r-x,mask::rw-,other::r--";

  private final ImportTally tally = new ImportTally();
  private ImportChoices choices = ImportChoices.DEFAULTS;

  private AttributeImport attributes() {
    return new AttributeImport(
        choices, new ArchiveRefusals(Path.of("target")), tally, new KeptTimes(null));
  }

  private static TarEntry entryOf(TarKind kind, int mode, Map<String, String> xattrs) {
    SortedMap<String, byte[]> values = new TreeMap<>();
    xattrs.forEach((name, value) -> values.put(name, value.getBytes(ISO_8859_1)));
    return new TarEntry(
        RawPath.of("entry"),
        kind,
        RawPath.of(""),
        mode,
        11,
        12,
        0,
        null,
        0,
        0,
        Instant.ofEpochSecond(13),
        values);
  }

  private ProblemCode refusalOf(TarEntry entry) {
    OverlayException e =
        assertThrows(OverlayException.class, () -> attributes().acceptedEntry(entry));
    return e.problems().get(0).code();
  }

  /** On a directory they decide about groups only, and a link's own mode means nothing. */
  @ParameterizedTest
  @EnumSource
  void setIdBitsAreTreatedOnWhatCanRun(TarKind kind) throws IOException {
    boolean harmless = kind == TarKind.DIRECTORY || kind == TarKind.SYMLINK;
    for (int bits : new int[] {04000, 02000, 06000}) {
      TarEntry entry = entryOf(kind, bits | 01755, Map.of());
      choices = ImportChoices.DEFAULTS.withSetIds(OciTreatment.TAKE);
      assertEquals(bits | 01755, attributes().acceptedEntry(entry).mode());
      choices = ImportChoices.DEFAULTS.withSetIds(OciTreatment.LEAVE_OUT);
      int left = attributes().acceptedEntry(entry).mode();
      assertEquals(harmless ? bits | 01755 : 01755, left, "only these bits go");
      choices = ImportChoices.DEFAULTS.withSetIds(OciTreatment.REFUSE);
      if (harmless) {
        assertEquals(bits | 01755, attributes().acceptedEntry(entry).mode());
      } else {
        assertEquals(ProblemCode.ARCHIVE_ENTRY_PRIVILEGED, refusalOf(entry));
      }
    }
    assertEquals(harmless ? 0 : 3, tally.setIdsLeftOut);
  }

  @ParameterizedTest
  @CsvSource({
    "user.any, true",
    "user., true",
    "system.posix_acl_access, true",
    "system.posix_acl_default, true",
    "system.nfs4_acl, false",
    "security.capability, false",
    "security.selinux, false",
    "trusted.any, false",
    "trusted.overlayx, false",
    "User.any, false",
    "user, false"
  })
  void xattrThatGivesNoRightsIsTaken(String name, boolean ordinary) throws IOException {
    TarEntry entry = entryOf(TarKind.FILE, 0, Map.of(name, "v"));
    if (ordinary) {
      assertEquals(1, attributes().acceptedEntry(entry).xattrs().size());
    } else {
      assertEquals(ProblemCode.ARCHIVE_ENTRY_PRIVILEGED, refusalOf(entry));
    }
    choices = ImportChoices.DEFAULTS.withPrivilegedXattrs(OciTreatment.LEAVE_OUT);
    assertEquals(ordinary ? 1 : 0, attributes().acceptedEntry(entry).xattrs().size());
    assertEquals(ordinary ? 0 : 1, tally.xattrsLeftOut);
    choices = ImportChoices.DEFAULTS.withPrivilegedXattrs(OciTreatment.TAKE);
    assertEquals(1, attributes().acceptedEntry(entry).xattrs().size());
  }

  /** They would make a directory opaque, or a file somebody else's data. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "trusted.overlay.opaque",
        "user.overlay.redirect",
        "trusted.overlay.metacopy",
        "user.fuseoverlayfs.origin",
        "user.overlay.whiteout"
      })
  void marksAreLeftOutWhateverIsChosen(String mark) throws IOException {
    for (OciTreatment treatment : OciTreatment.values()) {
      choices = ImportChoices.DEFAULTS.withPrivilegedXattrs(treatment);
      TarEntry entry = entryOf(TarKind.DIRECTORY, 0, Map.of(mark, "y", "user.a", "v"));
      assertEquals(
          List.of("user.a"), List.copyOf(attributes().acceptedEntry(entry).xattrs().keySet()));
    }
    assertEquals(3, tally.xattrsLeftOut);
  }

  @Test
  void nameThatNoKernelTakesIsUnsafe() {
    choices = ImportChoices.DEFAULTS.withPrivilegedXattrs(OciTreatment.LEAVE_OUT);
    for (String name : List.of("", "user.a\0b")) {
      TarEntry entry = entryOf(TarKind.FILE, 0, Map.of(name, "v"));
      assertEquals(ProblemCode.ARCHIVE_ENTRY_UNSAFE, refusalOf(entry));
    }
  }

  @Test
  void accessAclBecomesAnXattrAndGivesTheMode() throws IOException {
    TarEntry entry = entryOf(TarKind.FILE, 01000, Map.of("SCHILY.acl.access", ACL, "user.a", "v"));
    TarEntry accepted = attributes().acceptedEntry(entry);
    assertEquals(01764, accepted.mode(), "with the mask for the group");
    assertEquals(
        List.of("system.posix_acl_access", "user.a"), List.copyOf(accepted.xattrs().keySet()));
    assertEquals(4 + 4 * 8, accepted.xattrs().get("system.posix_acl_access").length);
  }

  @Test
  void defaultAclLeavesTheMode() throws IOException {
    TarEntry entry = entryOf(TarKind.DIRECTORY, 0700, Map.of("SCHILY.acl.default", ACL));
    TarEntry accepted = attributes().acceptedEntry(entry);
    assertEquals(0700, accepted.mode());
    assertEquals(List.of("system.posix_acl_default"), List.copyOf(accepted.xattrs().keySet()));
  }

  /** Two forms of one ACL in one archive: the kernel's own has every bit. */
  @Test
  void binaryAclHoldsBeforeItsText() throws IOException {
    TarEntry entry =
        entryOf(
            TarKind.FILE,
            0640,
            Map.of("SCHILY.acl.access", ACL, "system.posix_acl_access", "binary"));
    TarEntry accepted = attributes().acceptedEntry(entry);
    assertEquals(0640, accepted.mode());
    assertArrayEquals(
        "binary".getBytes(ISO_8859_1), accepted.xattrs().get("system.posix_acl_access"));
  }

  /** star writes an empty record for a directory without a default ACL. */
  @Test
  void emptyAclIsNone() throws IOException {
    for (String text : List.of("", " \n")) {
      TarEntry entry = entryOf(TarKind.DIRECTORY, 0700, Map.of("SCHILY.acl.default", text));
      assertEquals(Map.of(), attributes().acceptedEntry(entry).xattrs());
    }
    assertEquals(0, tally.xattrsLeftOut);
  }

  /** chown clears bits of the mode, and an ACL sets them; so the mode comes last. */
  @Test
  void attributesAreAppliedInAnOrderInWhichNoneUndoesAnother() throws IOException {
    choices = ImportChoices.DEFAULTS.withSetIds(OciTreatment.TAKE);
    try (LayerInMemory layer = new LayerInMemory()) {
      layer.addFile("file", "x");
      TarEntry taken = entryOf(TarKind.FILE, 06755, Map.of("user.b", "2", "user.a", "1"));
      layer.store().faults().startRecording();
      layer.runAt(
          "file",
          (directory, name) -> {
            attributes().applyAttributes(directory, name, taken);
            return null;
          });
      List<FileOperation> changes =
          layer.store().faults().recordedOperations().stream()
              .map(each -> each.operation())
              .filter(FileOperation::isChange)
              .toList();
      assertEquals(
          List.of(
              FileOperation.SET_OWNER,
              FileOperation.SET_XATTR,
              FileOperation.SET_XATTR,
              FileOperation.SET_TIMES,
              FileOperation.SET_MODE),
          changes);
      EntryStat stat = layer.runAt("file", LayerEntries::requireStat);
      assertEquals(
          List.of(06755, 11, 12, Instant.ofEpochSecond(13)),
          List.of(stat.mode(), stat.owner(), stat.group(), stat.modified()));
    }
  }

  /** The second entry of a directory replaces the first; marks of the import itself stay. */
  @Test
  void directoryLosesOrdinaryXattrsThatItsEntryDoesNotHave() throws IOException {
    try (LayerInMemory layer = new LayerInMemory()) {
      layer.addDirectory("d", 0755).addMark("d", Mark.OPAQUE, "y");
      TarEntry first = entryOf(TarKind.DIRECTORY, 0755, Map.of("user.old", "1", "user.both", "1"));
      TarEntry second = entryOf(TarKind.DIRECTORY, 0755, Map.of("user.both", "2"));
      for (TarEntry entry : List.of(first, second)) {
        layer.runAt(
            "d",
            (directory, name) -> {
              attributes().applyAttributes(directory, name, entry);
              return null;
            });
      }
      assertEquals(
          List.of("trusted.overlay.opaque", "user.both"),
          layer.runAt("d", (directory, name) -> directory.xattrs(name).stream().sorted().toList()));
      byte[] value =
          layer.runAt("d", (directory, name) -> directory.xattr(name, "user.both").orElseThrow());
      assertArrayEquals(new byte[] {'2'}, value);
    }
  }

  @Test
  void squashedOwnersAreNotSetAtAll() throws IOException {
    choices = ImportChoices.DEFAULTS.withSquashedOwners();
    try (LayerInMemory layer = new LayerInMemory()) {
      layer.addFile("file", "x");
      int owner = layer.runAt("file", LayerEntries::requireStat).owner();
      layer.runAt(
          "file",
          (directory, name) -> {
            attributes().applyAttributes(directory, name, entryOf(TarKind.FILE, 0600, Map.of()));
            return null;
          });
      EntryStat stat = layer.runAt("file", LayerEntries::requireStat);
      assertEquals(List.of(owner, 0600), List.of(stat.owner(), stat.mode()));
    }
  }
}
