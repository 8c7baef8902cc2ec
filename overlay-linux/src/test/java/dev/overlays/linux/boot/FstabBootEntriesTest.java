package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Specs stored in an fstab. */
class FstabBootEntriesTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    BootPrograms.requirePrograms("mount", "unshare");
  }

  @Test
  void removingFromAMissingFileMakesNone() throws IOException {
    Overlays.bootEntries(sandbox.path("fstab")).remove(Path.of("/m"));
    Overlays.bootEntries(sandbox.path("missing/fstab")).remove(Path.of("/m"));
    assertEquals(Set.of(""), sandbox.listEntries().keySet());
  }

  @Test
  void aLinkThatLeadsNowhereIsNoEmptyFile() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    Path link = Files.createSymbolicLink(sandbox.path("fstab"), Path.of("not mounted/fstab"));
    BootEntries entries = Overlays.bootEntries(link);
    List<Executable> uses =
        List.of(entries::specs, () -> entries.put(spec), () -> entries.remove(Path.of("/m")));
    for (Executable use : uses) {
      OverlayException e = assertThrows(OverlayException.class, use);
      assertTrue(e.has(ProblemCode.BOOT_FILE_FAILED), e::toString);
    }
  }

  @Test
  void whatIsKeptAlreadyKeepsItsOtherOptions() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    Path file = sandbox.path("fstab");
    BootEntries entries = Overlays.bootEntries(file);
    FstabEntry entry = FstabEntry.of(spec, Set.of(BootOption.NOFAIL, BootOption.AUTOMOUNT));
    String line = entry.toString().replace("nofail", "x-systemd.idle-timeout=60,nofail");
    Files.writeString(file, line + "\n");
    entries.put(spec);
    assertEquals(line + "\n", Files.readString(file));
    OverlaySpec changed = spec.toBuilder().options(o -> o.withIndex(true)).build();
    entries.put(changed);
    assertEquals(FstabEntry.of(changed) + "\n", Files.readString(file));
  }

  @Test
  void preparingChangesNothingAndAsksForNoMountBefore() throws IOException {
    sandbox.createFile("lower/secret", "shared");
    OverlaySpec spec = sandbox.newLayers().privatePath("secret").build();
    sandbox.createFile("mnts/pid", "123");
    Path file = sandbox.createFile("fstab", "# mine\n");
    BootEntries.PreparedEntry entry = Overlays.bootEntries(file).prepare(spec);
    assertEquals("# mine\n", Files.readString(file));
    assertEquals(Set.of(), Set.of(sandbox.path("upper").toFile().list()));
    Files.delete(sandbox.path("mnts/pid"));
    try (OverlayMount mount = Overlays.mount(spec)) {
      entry.write();
      assertEquals(List.of(spec), Overlays.bootEntries(file).specs(), mount::toString);
    }
  }

  @Test
  void aPreparedEntryKeepsWhatOthersWroteMeanwhile() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    Path file = sandbox.createFile("fstab", "# mine\n");
    BootEntries.PreparedEntry entry = Overlays.bootEntries(file).prepare(spec);
    Files.writeString(file, "# mine\n# another's\n");
    entry.write();
    assertEquals("# mine\n# another's\n" + FstabEntry.of(spec) + "\n", Files.readString(file));
  }

  /** The kernel would not mount it at the start, even if another backend could. */
  @Test
  void preparingRefusesWhatCannotBeMountedAtTheStart() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    Path file = sandbox.createFile("fstab", "");
    Files.delete(sandbox.path("lower"));
    OverlayException e =
        assertThrows(OverlayException.class, () -> Overlays.bootEntries(file).prepare(spec));
    assertTrue(e.has(ProblemCode.LAYER_NOT_FOUND), e::getMessage);
  }
}
