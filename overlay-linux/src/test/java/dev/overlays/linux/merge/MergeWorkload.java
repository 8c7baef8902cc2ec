package dev.overlays.linux.merge;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small lower, and an upper that the kernel wrote, with a bit of everything that a merge does.
 */
final class MergeWorkload {
  /** What stays in the upper. */
  static final List<String> PRIVATE = List.of("own/config", "remade/config");

  private static final String LOWER =
      """
      cd "$1"
      mkdir -p merged0/sub merged1/sub opaque0/deep opaque1/deep gone/deep tofile/deep tolink remade
      for d in merged0 merged0/sub merged1 merged1/sub opaque0 opaque0/deep opaque1 opaque1/deep \\
          gone gone/deep tofile tofile/deep tolink remade; do
        for f in a b c d; do echo "lower $d $f" > $d/$f; done
      done
      echo file > todirectory
      echo file > tofifo
      ln -s a merged0/link
      mkdir linked
      echo linked > linked/a
      ln linked/a linked/b
      ln linked/a merged1/linked
      """;

  private static final String CHANGES =
      """
      cd "$1"
      echo more >> merged0/a
      rm merged0/b merged0/sub/a
      mv merged0/c merged0/e
      echo new > merged0/sub/new
      ln -sfn sub merged0/link
      setfattr -n user.note -v some merged0/sub/b
      chmod 700 merged1/sub
      rm merged1/sub/b
      for d in opaque0 opaque1 remade; do rm -r $d; mkdir $d; done
      for f in a x y; do echo "new $f" > opaque0/$f; done
      mkdir opaque0/deep
      echo new > opaque0/deep/b
      rm -r gone
      mkdir -p new0/deep/deeper new1
      for d in new0 new0/deep new0/deep/deeper new1; do
        for f in a b c; do echo "new $d $f" > $d/$f; done
      done
      ln new0/a new1/linked
      ln new0/a merged1/new
      ln merged0/a new0/deep/merged
      rm -r tofile tolink
      echo file > tofile
      ln -s merged0 tolink
      rm todirectory tofifo
      mkdir todirectory
      echo new > todirectory/a
      mkfifo tofifo
      echo more >> linked/a
      mkdir own
      for d in own remade; do
        echo private > $d/config
        echo data > $d/data
      done
      """;

  private MergeWorkload() {}

  static OverlaySpec spec(Path directory) {
    OverlaySpec.Builder spec =
        OverlaySpec.builder()
            .lower(directory.resolve("lower"))
            .instance(directory.resolve("instance"));
    PRIVATE.forEach(spec::privatePath);
    return spec.build();
  }

  static void makeLayers(Path directory) throws IOException {
    Path lower = Files.createDirectories(directory.resolve("lower"));
    Sandbox.run("sh", "-ec", LOWER, "sh", lower.toString());
    try (OverlayMount mount = Overlays.mount(spec(directory))) {
      Sandbox.run("sh", "-ec", CHANGES, "sh", mount.root().toString());
    }
  }
}
