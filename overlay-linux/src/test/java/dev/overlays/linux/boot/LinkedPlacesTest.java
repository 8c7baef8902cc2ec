package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries wait for the disks that symbolic links to a layer lead to. */
class LinkedPlacesTest {
  @AutoClose private Sandbox sandbox;
  private Path cache;
  private OverlaySpec spec;

  /** A link leads into one disk, and a relative link there into another. */
  @BeforeEach
  void makeLinks() throws IOException {
    sandbox = BootPrograms.createSandbox();
    sandbox.createDirectory("disk2/lower/layer");
    sandbox.createDirectory("disk1");
    Files.createSymbolicLink(sandbox.path("disk1/next"), Path.of("../disk2/./lower"));
    cache = Files.createSymbolicLink(sandbox.path("cache"), sandbox.path("disk1/next"));
    for (String name : List.of("upper", "work", "mnts")) {
      sandbox.createDirectory("i/" + name);
    }
    spec = OverlaySpec.builder().lower(cache.resolve("layer")).instance(sandbox.path("i")).build();
  }

  private List<Path> places() {
    return List.of(
        cache.resolve("layer"),
        sandbox.path("i/upper"),
        sandbox.path("i/work"),
        sandbox.path("disk1/next"),
        sandbox.path("disk2/lower/layer"));
  }

  @Test
  void placesAreEachLinkOnTheWayAndTheEnd() throws IOException {
    assertEquals(places(), EntryOptions.placesToWaitFor(spec));
    assertEquals(List.of(), LinkedPlaces.placesBehind(sandbox.path("disk2/lower/layer")));
    Path loop = Files.createSymbolicLink(sandbox.path("loop"), Path.of("loop"));
    assertEquals(List.of(), LinkedPlaces.placesBehind(loop));
    Path nowhere = Files.createSymbolicLink(sandbox.path("nowhere"), Path.of("/gone/away"));
    assertEquals(List.of(Path.of("/gone/away/x")), LinkedPlaces.placesBehind(nowhere.resolve("x")));
  }

  @Test
  void systemdRequiresTheirMountsForAnEntryOfFstab() throws IOException {
    BootPrograms.requirePrograms(BootPrograms.GENERATOR.toString());
    Path fstab = sandbox.createFile("fstab", "");
    Fstab.read(fstab).with(FstabEntry.of(spec)).write(fstab);
    assertEquals(spec, Fstab.read(fstab).entries().get(0).spec());
    String units = sandbox.createDirectory("units").toString();
    BootPrograms.run(
        Map.of("SYSTEMD_FSTAB", fstab.toString()),
        List.of(BootPrograms.GENERATOR.toString(), units, units, units));
    String name = UnitName.of(ByteText.of(spec.mountPoint().orElseThrow())) + ".mount";
    String unit = Files.readString(Path.of(units, name));
    String requires = String.join(" ", places().stream().map(Path::toString).toList());
    assertTrue(unit.contains("\nRequiresMountsFor=" + requires + "\n"), unit);
  }

  /**
   * An entry of a version that did not follow links, and one written by hand that waits for
   * nothing.
   */
  @ParameterizedTest
  @ValueSource(strings = {"requires-mounts-for=[^,]*/disk[12]/", "requires-mounts-for="})
  void anEntryThatIsKeptGetsWhatItDoesNotWaitFor(String unknown) throws IOException {
    FstabEntry entry = FstabEntry.of(spec, Set.of(BootOption.NOFAIL, BootOption.AUTOMOUNT));
    String now = entry.toString().replace("nofail", "x-systemd.idle-timeout=60,nofail");
    String old = now.replaceAll("x-systemd\\." + unknown + "[^,]*,", "");
    assertNotEquals(now, old);
    Path fstab =
        sandbox.createFile("fstab", "# mine\n" + old + "\n/dev/sdb /srv ext4 defaults 0 2\n");
    for (int i = 0; i < 2; i++) {
      Fstab.bootEntries(fstab).put(spec);
      assertEquals(
          "# mine\n" + now + "\n/dev/sdb /srv ext4 defaults 0 2\n", Files.readString(fstab));
    }
    Files.writeString(fstab, old + "\n");
    BootEntries.PreparedEntry prepared = Fstab.bootEntries(fstab).prepare(spec);
    assertEquals(old + "\n", Files.readString(fstab));
    prepared.write();
    assertEquals(now + "\n", Files.readString(fstab));
    assertEquals(List.of(spec), Fstab.bootEntries(fstab).specs());
  }

  @Test
  void aUnitRequiresTheirMountsAndIsReadWhenTheDiskIsGone() throws IOException {
    SystemdUnit unit = SystemdUnit.of(spec);
    for (Path place : places()) {
      assertTrue(unit.toString().contains("\nRequiresMountsFor=" + place + "\n"), unit::toString);
    }
    Path units = sandbox.createDirectory("units");
    unit.write(units);
    Files.delete(sandbox.path("disk1/next"));
    assertEquals(unit, SystemdUnit.read(units.resolve(unit.fileName())));
    SystemdUnit.of(spec).write(units);
    assertTrue(SystemdUnit.read(units.resolve(unit.fileName())).toString().contains("disk1/next"));
  }

  /**
   * Follows the remedy of BOOT_NAME_MISREAD: a link with a simpler name leads to a directory that
   * systemd misreads.
   */
  @Test
  void aLinkToANameThatIsMisreadWaitsForTheDirectoryAboveIt() throws IOException {
    Path hard = sandbox.createDirectory("disk2/a\"b/c");
    Path simple = Files.createSymbolicLink(sandbox.path("simple"), hard);
    OverlaySpec linked = spec.toBuilder().lowers(List.of(simple)).build();
    FstabEntry entry = FstabEntry.of(linked);
    assertTrue(entry.toString().contains("for=" + sandbox.path("disk2") + ","), entry::toString);
    assertEquals(linked, entry.spec());
  }

  @Test
  void aLinkToADiskWhoseMountPointIsMisreadIsRefused() throws IOException {
    Sandbox.assumeRoot();
    sandbox.close();
    sandbox = Sandbox.create();
    Path hard = sandbox.mountTmpfs("a\"b");
    Path simple = Files.createSymbolicLink(sandbox.path("simple"), hard);
    OverlaySpec linked =
        OverlaySpec.builder().lower(simple).instance(sandbox.createDirectory("i")).build();
    OverlayException e = assertThrows(OverlayException.class, () -> FstabEntry.of(linked));
    assertTrue(e.has(ProblemCode.BOOT_NAME_MISREAD), e::toString);
  }
}
