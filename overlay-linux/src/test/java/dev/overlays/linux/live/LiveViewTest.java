package dev.overlays.linux.live;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.context.MountMove;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.table.MountTable;
import dev.overlays.linux.table.PrintedLayer;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Layers are changed under no view, whatever paths the kernel prints for its layers, and views of
 * other layers are in nobody's way. The scripts run in a directory with the lowers {@code l} and
 * {@code other}, an empty one {@code none}, and {@code u}, {@code w} and {@code m}.
 */
class LiveViewTest {
  private static final int OPEN_TREE_CLONE = 1;
  private static final int AT_EMPTY_PATH = 0x1000;

  @AutoClose private Sandbox sandbox;
  private Path place;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    place = sandbox.mountDisk("disk");
    fill("disk");
  }

  private void fill(String disk) throws IOException {
    for (String directory : new String[] {"u", "w", "m", "none", "mine/u", "mine/w", "away"}) {
      sandbox.createDirectory(disk + "/" + directory);
    }
    sandbox.createFile(disk + "/l/own/file", "content");
    sandbox.createFile(disk + "/other/more/file", "content");
  }

  /**
   * A disk whose directories have numbers that no view has for its own root, so that every process
   * can tell that all layers are on it.
   */
  private Path secondDisk() throws IOException {
    Path disk = sandbox.mountImage("second", "ext4", 64);
    for (int i = 0; i < 300; i++) {
      Files.createFile(disk.resolve("number" + i));
    }
    fill("second");
    return disk;
  }

  private OverlaySpec over(String lower) {
    return OverlaySpec.builder()
        .lower(place.resolve(lower))
        .upper(place.resolve("mine/u"))
        .work(place.resolve("mine/w"))
        .build();
  }

  /** An empty lower, but not on the disk of ours: all of the view is on another. */
  @Test
  void aViewOfAnotherDiskIsInNobodysWay() throws IOException {
    Path disk = secondDisk();
    String script =
        """
        exec 8<none
        mount -t overlay o -o lowerdir=/proc/self/fd/8,upperdir=$PWD/u,workdir=$PWD/w m
        """;
    try (ViewsOfOthers views = ViewsOfOthers.of(disk, script)) {
      assertTrue(views.table().contains("lowerdir=/proc/self/fd/8"));
      assertDoesNotThrow(() -> claim("l"));
      OverlaySpec there =
          OverlaySpec.builder()
              .lower(disk.resolve("other"))
              .upper(disk.resolve("mine/u"))
              .work(disk.resolve("mine/w"))
              .build();
      assertThrows(OverlayException.class, () -> LayerStore.of(disk).claim(there).close());
    }
  }

  /** Extensions are mounted in a namespace that ends, and over the directory that is a lower. */
  @Test
  void extensionsOfSystemdAreTold() throws IOException {
    KernelAbility.HANDLES_OF_VIEWS.assumePresent();
    for (String name : new String[] {"l", "other"}) {
      sandbox.createFile("disk/%s/usr/share/overlays-%s/file".formatted(name, name), "content");
      sandbox.createFile(
          "disk/%s/usr/lib/extension-release.d/extension-release.%s".formatted(name, name),
          "ID=_any\n");
    }
    String script =
        """
        mount --make-rshared /
        mount -t tmpfs run /run
        mkdir -p /run/extensions/l /run/extensions/other
        mount --bind l /run/extensions/l
        mount --bind other /run/extensions/other
        systemd-sysext merge
        """;
    try (ViewsOfOthers views = ViewsOfOthers.of(place, script)) {
      assertTrue(views.table().contains(" - overlay sysext "), views::table);
      assertRefused("l", "/usr");
      assertRefused("other/usr/share", "/usr");
      assertDoesNotThrow(() -> claim("none"));
    }
  }

  /** A tree that was attached nowhere is printed as the root, of whatever it is a copy. */
  @Test
  void detachedTreesAreTold() throws IOException {
    KernelAbility.LAYERS_BY_DESCRIPTOR.assumePresent();
    try (Descriptor l = tree("l");
        Descriptor other = tree("other")) {
      mount(l, other);
    }
    assertEquals(List.of("/", "/"), printed());
    assertRefused("l", "m");
    assertRefused("other", "m");
    assertDoesNotThrow(() -> claim("none"));
  }

  /** As systemd-mstack does: each layer was mounted at the same place when it was named. */
  @Test
  void layersThatWereAtOnePlaceAreTold() throws IOException {
    KernelAbility.LAYERS_BY_DESCRIPTOR.assumePresent();
    Path away = place.resolve("away");
    try (MountContext context = MountContext.open()) {
      for (String name : new String[] {"l", "other"}) {
        Sandbox.run("mount", "--bind", place.resolve(name).toString(), away.toString());
        try (Descriptor layer = Descriptor.open(away, OpenFlags.PATH | OpenFlags.DIRECTORY)) {
          context.setDescriptor("lowerdir+", layer);
        }
        Path moved = sandbox.createDirectory("disk/moved-" + name);
        Sandbox.run("mount", "--move", away.toString(), moved.toString());
        sandbox.closeLater(() -> Sandbox.run("umount", moved.toString()));
      }
      attach(context);
    }
    Files.delete(away);
    assertEquals(List.of(away.toString(), away.toString()), printed());
    assertRefused("l", "m");
    assertRefused("other", "m");
    assertDoesNotThrow(() -> claim("none"));
  }

  private Descriptor tree(String name) throws IOException {
    try (Descriptor directory =
            Descriptor.open(place.resolve(name), OpenFlags.PATH | OpenFlags.DIRECTORY);
        ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return new Descriptor(
          directory.callOn(
              Syscall.OPEN_TREE, scratch.putString(new byte[0]), OPEN_TREE_CLONE | AT_EMPTY_PATH));
    }
  }

  private void mount(Descriptor... lowers) throws IOException {
    try (MountContext context = MountContext.open()) {
      for (Descriptor lower : lowers) {
        context.setDescriptor("lowerdir+", lower);
      }
      attach(context);
    }
  }

  private void attach(MountContext context) throws IOException {
    context.createSuperblock();
    Path mountPoint = place.resolve("m");
    try (Descriptor view = context.makeMount(0);
        Descriptor onto = Descriptor.open(mountPoint, OpenFlags.PATH | OpenFlags.DIRECTORY)) {
      MountMove.moveMount(view, onto);
    }
    sandbox.closeLater(() -> Sandbox.run("umount", mountPoint.toString()));
  }

  private List<String> printed() throws IOException {
    return MountTable.ofThisProcess().stream()
        .filter(mount -> mount.mountPoint().equals(place.resolve("m")))
        .flatMap(mount -> PrintedLayer.of(mount.options()).stream())
        .map(PrintedLayer::layerText)
        .toList();
  }

  private void claim(String lower) throws IOException {
    LayerStore.of(place).claim(over(lower)).close();
  }

  private void assertRefused(String lower, String mountPoint) {
    OverlayException e = assertThrows(OverlayException.class, () -> claim(lower));
    assertEquals(1, e.problems().size(), e::getMessage);
    assertEquals(ProblemCode.LAYER_IN_USE, e.problems().get(0).code(), e::getMessage);
    assertTrue(e.getMessage().contains(place.resolve(mountPoint).toString()), e::getMessage);
  }

  /** Each view uses the lower named first and not the one named second. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          relative              | l    | other | mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m
          dots                  | l    | other | cd w; mount -t overlay o -o lowerdir=../l,upperdir=../u,workdir=. ../m
          by links as podman    | l    | other | mkdir links; ln -s ../l links/A; ln -s ../none links/B; mount -t overlay o -o lowerdir=links/A:links/B,upperdir=u,workdir=w m
          only the upper        | u    | other | mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m
          inside a lower        | l/own| other | mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m
          around a lower        | l    | other | mount -t overlay o -o lowerdir=l/own,upperdir=u,workdir=w m
          without an upper      | none | other | mount -t overlay o -o lowerdir=l:none m
          part of a view        | l    | other | mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m; mount --bind m/own away; umount m; mount --move away m
          over its own lower    | l    | other | mount -t overlay o -o lowerdir=$PWD/l,upperdir=$PWD/u,workdir=$PWD/w l; mount --move l m
          """)
  void aLowerIsTold(String name, String used, String free, String script) throws IOException {
    try (ViewsOfOthers views = ViewsOfOthers.of(place, script)) {
      assertTrue(views.table().contains(place.resolve("m").toString()));
      assertRefused(used, "m");
      assertDoesNotThrow(() -> claim(free));
    }
    claim(used);
  }

  /** Only the files that the view shows reveal where its layers are. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          renamed               | now  | other | mount -t overlay o -o lowerdir=$PWD/l,upperdir=u,workdir=w m; mv l now
          renamed, relative     | now  | other | mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m; mv l now
          made anew             | now  | none  | mount -t overlay o -o lowerdir=$PWD/l,upperdir=$PWD/u,workdir=$PWD/w m; mv l now; mkdir l
          made anew, read-only  | now  | none  | mount -t overlay o -o lowerdir=$PWD/l:$PWD/other m; mv l now; mkdir l
          upper renamed         | now  | other | mount -t overlay o -o lowerdir=l,upperdir=$PWD/u,workdir=$PWD/w m; mv u now; mkdir u
          descriptors           | l    | none  | exec 8<l 9<other; mount -t overlay o -o lowerdir=/proc/self/fd/8:/proc/self/fd/9,upperdir=u,workdir=w m
          mounted elsewhere     | l    | none  | mkdir away/m; mount -t tmpfs t away; mkdir away/m; mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w away/m; mount --move away/m m; umount away
          a path that is gone   | l    | none  | mount --bind l away; mount -t overlay o -o lowerdir=$PWD/away,upperdir=u,workdir=w m; umount away; rmdir away
          another there now     | l    | none  | mount --bind l away; mount -t overlay o -o lowerdir=$PWD/away,upperdir=$PWD/u,workdir=$PWD/w m; umount away
          """)
  void aLowerIsToldByWhatTheViewShows(String name, String used, String free, String script)
      throws IOException {
    KernelAbility.HANDLES_OF_VIEWS.assumePresent();
    aLowerIsTold(name, used, free, script);
  }

  /** What is empty, or covered by other layers, shows nothing: it may be any directory. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an empty lower        | /proc/self/fd/8 | exec 8<none; mount -t overlay o -o lowerdir=/proc/self/fd/8,upperdir=u,workdir=w m
          one of two            | away            | mount --bind none away; mount -t overlay o -o lowerdir=$PWD/l:$PWD/away m; umount away; rmdir away
          covered by another    | away            | mkdir none/own; mount --bind none away; mount -t overlay o -o lowerdir=$PWD/l:$PWD/away m; umount away; rmdir away
          """)
  void aLowerThatCannotBeToldCountsAsOurs(String name, String path, String script)
      throws IOException {
    // On a disk of its own, so that tests that run at the same time are not refused.
    place = secondDisk();
    try (ViewsOfOthers views = ViewsOfOthers.of(place, script)) {
      OverlayException e = assertThrows(OverlayException.class, () -> claim("other"));
      assertEquals(ProblemCode.LAYER_IN_USE, e.problems().get(0).code());
      assertTrue(e.getMessage().contains(place.resolve("m").toString()), e::getMessage);
      assertTrue(e.getMessage().contains(path), e::getMessage);
      assertTrue(views.table().contains(path), views::table);
    }
    claim("other");
  }
}
