package dev.overlays.linux.context;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Options in the kernel's words. */
class KernelOptionsTest {
  private static OverlaySpec.Builder spec(UnaryOperator<OverlayOptions> change) {
    return OverlaySpec.builder()
        .lower(Path.of("/lower"))
        .instance(Path.of("/instance"))
        .options(change);
  }

  private static List<String> words(OverlaySpec spec) {
    return KernelOptions.of(spec).stream().map(KernelOptions.KernelOption::toString).toList();
  }

  @Test
  void saysTheDefaultsExplicitly() {
    OverlaySpec spec = spec(o -> o).build();
    assertEquals(
        List.of("index=off", "nfs_export=off", "metacopy=off", "redirect_dir=nofollow", "xino=off"),
        words(spec));
    assertEquals(
        List.of(),
        KernelOptions.of(spec).stream().filter(KernelOptions.KernelOption::asked).toList());
  }

  @Test
  void saysWhatWasAskedFor() {
    OverlaySpec spec =
        spec(o ->
                o.withIndex(true)
                    .withMetacopy(true)
                    .withRedirectDir(RedirectDir.ON)
                    .withXino(Xino.AUTO)
                    .withUuid(UuidMode.NULL)
                    .withVerity(Verity.REQUIRE)
                    .withVolatileUpper(true)
                    .withOverrideCreds(true))
            .attributes(MountAttribute.READ_ONLY, MountAttribute.NOSUID)
            .build();
    assertEquals(
        List.of(
            "ro",
            "index=on",
            "nfs_export=off",
            "metacopy=on",
            "redirect_dir=on",
            "xino=auto",
            "uuid=null",
            "verity=require",
            "volatile",
            "override_creds"),
        words(spec));
    assertEquals(
        List.of("nfs_export"),
        KernelOptions.of(spec).stream()
            .filter(option -> !option.asked())
            .map(KernelOptions.KernelOption::key)
            .toList());
  }

  @Test
  void saysUserXattr() {
    assertEquals("userxattr", words(spec(o -> o.withUserXattr(true)).build()).get(5));
  }
}
