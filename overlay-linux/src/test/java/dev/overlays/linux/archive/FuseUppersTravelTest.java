package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.user.OrdinaryUser;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.testkit.layer.LayerView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fuse-overlayfs, started by hand, leaves in an upper, as an archive once it is repaired. */
class FuseUppersTravelTest {
  private static final NativeLayerStore STORE = new NativeLayerStore();
  private static final String CHANGES =
      """
      cd "$0"; mkdir -p l/d/in l/gone l/keep/in u w v
      echo a >l/d/a; echo i >l/d/in/i; echo b >l/b; echo g >l/gone/g; echo k >l/keep/in/k
      fuse-overlayfs -o lowerdir=l,upperdir=u,workdir=w v
      rm -r v/d; mkdir v/d; echo n >v/d/n; rm v/b; rm -r v/gone; mkdir -p v/new/deep
      echo p >v/new/deep/p; echo k >v/keep/k; rm v/keep/in/k; ln -s x v/s; ln v/keep/k v/d/k
      cp -a v view; fusermount3 -u v 2>/dev/null || fusermount -u v
      """;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    Programs.require("fuse-overlayfs", "fuse-overlayfs");
    sandbox = OrdinaryUser.createSandbox();
  }

  private Path travelled(OciLayer layer, String name) throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    layer.writeTo(archive);
    Path to = sandbox.path("t/" + name);
    OciImport.to(to).run(new ByteArrayInputStream(archive.toByteArray()));
    return to;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void showOnArrivalWhatTheProgramHasShown(boolean root) throws IOException {
    Path place = sandbox.mountTmpfs("t");
    List<String> command = new ArrayList<>();
    if (!root) {
      OrdinaryUser.giveToUser(place);
      command.addAll(OrdinaryUser.commandPrefix());
    }
    command.addAll(List.of("sh", "-ec", CHANGES, place.toString()));
    Sandbox.run(command.toArray(String[]::new));
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(place.resolve("l"))
            .upper(place.resolve("u"))
            .work(place.resolve("w"))
            .options(options -> options.withUserXattr(!root))
            .build();
    assertThrows(OverlayException.class, () -> travelled(OciLayer.of(spec), "refused"));
    assertEquals(List.of(), OverlayCheck.of(spec).repair().left());
    Path upper = travelled(OciLayer.of(spec), "upper");
    Path lower = travelled(OciLayer.of(spec, place.resolve("l")), "lower");
    assertFalse(Files.exists(upper.resolve("new/.wh..wh..opq")));
    OverlaySpec arrived = OverlaySpec.builder().lower(upper).lower(lower).build();
    assertEquals(List.of(), OverlayCheck.of(arrived).run());
    try (OverlayMount mount = Overlays.mount(arrived)) {
      assertEquals(
          shown(LayerView.ofSingleLayer(STORE, place.resolve("view"), MarkNamespace.TRUSTED)),
          shown(LayerView.ofMounted(STORE, mount.root())));
      mount.close(UnmountOptions.waitingUpTo(Duration.ofSeconds(10)));
    }
  }

  private static String shown(LayerView view) throws IOException {
    return String.join("\n", view.manifest()).replaceAll(" mtime=\\S+", "");
  }
}
