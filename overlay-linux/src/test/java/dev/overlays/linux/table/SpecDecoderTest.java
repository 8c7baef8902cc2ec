package dev.overlays.linux.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Specs made of what the kernel prints. */
class SpecDecoderTest {
  /** Options that a kernel prints when its own defaults are others. */
  private static final String EXPLICIT =
      ",index=off,nfs_export=off,metacopy=off,redirect_dir=nofollow,xino=off";

  private static final String WRITABLE = ",upperdir=/u,workdir=/w";

  private static Optional<OverlaySpec> decode(boolean readOnly, String options) {
    return SpecDecoder.decodeSpec(
        new MountRecord(
            1,
            2,
            "0:40",
            Path.of("/"),
            Path.of("/m"),
            "overlay",
            EnumSet.noneOf(MountAttribute.class),
            Propagation.PRIVATE,
            readOnly,
            (readOnly ? "ro," : "rw,") + options));
  }

  private static OverlaySpec spec(String options) {
    return decode(false, options).orElseThrow();
  }

  private static OverlayOptions options(String options) {
    return SpecDecoder.decodeOptions("rw,lowerdir=/l" + EXPLICIT + options, true);
  }

  @Test
  void readsLowersOneByOne() {
    OverlaySpec spec =
        spec(
            "lowerdir+=/a:b,lowerdir+=/c\\040d\\134e,datadir+=/f"
                + WRITABLE
                + ",metacopy=on,"
                + "redirect_dir=on");
    assertEquals(List.of(Path.of("/a:b"), Path.of("/c d\\e")), spec.lowers());
    assertEquals(List.of(Path.of("/f")), spec.dataLowers());
    assertEquals(Optional.of(Path.of("/u")), spec.upper());
    assertEquals(Optional.of(Path.of("/w")), spec.work());
    assertEquals(Optional.of(Path.of("/m")), spec.mountPoint());
  }

  @Test
  void readsAListOfLowers() {
    OverlaySpec spec =
        spec(
            "lowerdir=/a\\134:b:/c\\134\\134d:/e\\054f::/data1::/data2"
                + WRITABLE
                + ",metacopy=on,redirect_dir=on");
    assertEquals(List.of(Path.of("/a:b"), Path.of("/c\\d"), Path.of("/e,f")), spec.lowers());
    assertEquals(List.of(Path.of("/data1"), Path.of("/data2")), spec.dataLowers());
  }

  @Test
  void keepsRelativeLayersRelative() {
    assertEquals(List.of(Path.of("l")), spec("lowerdir=l,upperdir=u,workdir=w").lowers());
  }

  @Test
  void readsTheOptions() {
    assertEquals(OverlayOptions.defaults(), options(""));
    assertEquals(
        OverlayOptions.defaults().withIndex(true).withNfsExport(true),
        options(",index=on,nfs_export=on"));
    assertEquals(
        OverlayOptions.defaults()
            .withRedirectDir(RedirectDir.ON)
            .withMetacopy(true)
            .withVerity(Verity.REQUIRE),
        options(",redirect_dir=on,metacopy=on,verity=require"));
    assertEquals(
        OverlayOptions.defaults().withXino(Xino.AUTO).withUuid(UuidMode.NULL).withUserXattr(true),
        options(",xino=auto,uuid=null,userxattr"));
  }

  @Test
  void readsVolatileInBothItsForms() {
    OverlayOptions expected = OverlayOptions.defaults().withVolatileUpper(true);
    assertEquals(expected, options(",volatile"));
    assertEquals(expected, options(",fsync=volatile"));
    assertEquals(OverlayOptions.defaults(), options(",fsync=strict"));
  }

  @Test
  void aViewWithoutUpperIsReadOnlyByItself() {
    assertEquals(Set.of(), decode(true, "lowerdir=/a:/b" + EXPLICIT).orElseThrow().attributes());
    assertEquals(
        Set.of(MountAttribute.READ_ONLY),
        decode(true, "lowerdir=/a" + WRITABLE + EXPLICIT).orElseThrow().attributes());
  }

  @Test
  void countsLayers() {
    assertEquals(List.of(2, 1, 1), SpecDecoder.countLayers("rw,lowerdir=/a:/b::/c" + WRITABLE));
    assertEquals(List.of(1, 2, 0), SpecDecoder.countLayers("lowerdir+=/a,datadir+=/b,datadir+=/c"));
  }

  @Test
  void isEmptyWhereNoSpecCanStandForIt() {
    assertTrue(decode(false, "index=off").isEmpty());
  }
}
