package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The merge of uppers that an index ties to their lower, and what the kernel says afterwards. */
@Tag("long")
class IndexTest {
  /** What to do with names of files that have several in the lower. */
  static final String LINKS =
      """
      cd "$1"
      echo more >> links/a
      chmod 600 links/c
      echo more >> links/e
      rm links/e
      mv links/g links/moved
      echo more >> links/moved
      ln links/a links/new
      rm links/deep/b
      """;

  /** Which options of the kernel a view is mounted with. */
  enum IndexOptions {
    INDEX,
    NFS_EXPORT,
    METACOPY;

    OverlayOptions options() {
      OverlayOptions index = OverlayOptions.defaults().withIndex(true);
      return switch (this) {
        case INDEX -> index;
        case NFS_EXPORT -> index.withNfsExport(true);
        case METACOPY -> index.withRedirectDir(RedirectDir.ON).withMetacopy(true);
      };
    }
  }

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @ParameterizedTest
  @CsvSource({
    "ext4, INDEX, 1",
    "ext4, NFS_EXPORT, 1",
    "ext4, METACOPY, 1",
    "xfs, INDEX, 2",
    "xfs, NFS_EXPORT, 1",
    "xfs, METACOPY, 2",
    "btrfs, METACOPY, 1",
    "tmpfs, INDEX, 1"
  })
  void theViewStaysAndMountsAgain(String fileSystem, IndexOptions options, int workers)
      throws IOException {
    Path disk =
        fileSystem.equals("tmpfs")
            ? sandbox.mountTmpfs("disk")
            : sandbox.mountImage("disk", fileSystem, 320);
    Path lower = sandbox.createDirectory("disk/lower");
    OverlaySpec spec = with(FormatWorkload.spec(lower, disk.resolve("instance")), options);
    OverlaySpec other = with(FormatWorkload.spec(lower, disk.resolve("other")), options);
    FormatWorkload.fillLower(lower);
    links(lower);
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.changeView(mount.root(), options == IndexOptions.METACOPY);
      FormatWorkload.runShell(LINKS, mount.root());
    }
    List<String> view = view(spec);
    write(other, "untouched/a");
    OverlayMerge.of(spec).workers(workers).run();

    assertEquals(
        String.join("\n", view), String.join("\n", new DirectoryContent(lower).manifest()));
    assertEquals(List.of(), new DirectoryContent(lower).listMarks());
    assertEquals(view, view(spec));
    assertEquals("lower untouched a\nwritten\n", readAfterMount(other, "untouched/a"));
    write(spec, "links/deep/a");
    assertTrue(readAfterMount(spec, "links/a").endsWith("written\n"));
    view = view(spec);
    OverlayMerge.of(spec).run();
    assertEquals(
        String.join("\n", view), String.join("\n", new DirectoryContent(lower).manifest()));
  }

  private static OverlaySpec with(OverlaySpec spec, IndexOptions options) {
    return spec.toBuilder().options(o -> options.options()).build();
  }

  static void links(Path lower) throws IOException {
    FormatWorkload.runShell(
        """
        cd "$1"
        mkdir -p links/deep links/only/here
        chmod 2751 links/only/here
        for f in a c e g; do
          echo "$f" > links/$f
          for d in links/deep links/only/here; do ln links/$f $d/$f; done
        done
        ln links/a links/deep/b
        touch -d '2001-02-03 04:05:06.123456789' links/only/here links/only
        """,
        lower);
  }

  private static void write(OverlaySpec spec, String path) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell("echo written >> \"$1\"/" + path, mount.root());
    }
  }

  private static String readAfterMount(OverlaySpec spec, String path) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return Files.readString(mount.root().resolve(path));
    }
  }

  private static List<String> view(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return new DirectoryContent(mount.root()).manifest();
    }
  }
}
