package dev.overlays.linux.merge;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;

/** Makes a lower, and changes it through a mount so that the upper contains every format. */
final class FormatWorkload {
  private static final String LOWER =
      """
      cd "$1"
      long=$(printf '%0255d' 1)
      for d in chain/one/two/three chain/one nested/in/deep kept swapped0/only0 swapped1/only1 meta kept/sub \\
          gone/deep opaque/deep tofile/deep tolink linked untouched; do
        mkdir -p $d
        for f in a b c; do echo "lower $d $f" > $d/$f; done
      done
      for d in chain chain/one chain/one/two nested nested/in; do echo "lower $d" > $d/own; done
      for f in d e f g h; do head -c 9000 /dev/zero | tr '\\0' $f > meta/$f; done
      echo file > todirectory
      echo file > tofifo
      echo long > untouched/$long
      ln linked/a linked/same
      ln linked/a kept/linked
      ln -s ../a kept/link
      chown 12:34 meta/b kept/sub
      touch -d '2001-02-03 04:05:06.123456789' meta/c kept/sub chain/one nested/in/deep
      """;

  /** Renamed directories: one after the other, out of one another, against each other. */
  private static final String RENAMES =
      """
      cd "$1"
      mv chain/one/two chain/second
      mv chain/one first
      mv chain/second/three first/third
      rm first/third/b
      echo more >> first/a
      mv nested/in outside
      mv outside/deep kept/deeper
      chmod 600 outside/own
      touch -d '2021-01-01 01:01:01.000000001' first
      mkdir nested/in
      echo new > nested/in/a
      mv swapped0 swapping
      mv swapped1 swapped0
      mv swapping swapped1
      """;

  private static final String CHANGES =
      """
      cd "$1"
      long=$(printf '%0255d' 2)
      # metadata only, under the same name and under others
      chmod 640 meta/a
      chown 5:6 meta/b
      touch -d '2011-12-13 14:15:16.987654321' meta/c
      mv meta/d meta/renamed
      chmod 4711 meta/renamed
      mv meta/e kept/e
      chown 7:8 kept/e
      mv meta/f swap
      mv meta/g meta/f
      mv swap meta/g
      chmod 604 meta/h
      ln meta/h kept/h
      chmod 660 linked/a
      setcap cap_net_raw+ep meta/b
      # deleted, replaced, hidden
      rm kept/a
      rm -r gone opaque
      mkdir opaque opaque/deep
      echo new > opaque/deep/b
      rm -r tofile tolink
      echo file > tofile
      ln -s kept tolink
      rm todirectory tofifo
      mkdir todirectory
      echo new > todirectory/a
      mkfifo tofifo
      # new
      mkdir -p new/deep/deeper
      for d in new new/deep new/deep/deeper; do
        for f in a b; do echo "new $d $f" > $d/$f; done
      done
      ln new/a new/deep/linked
      ln new/a kept/new
      mkfifo new/fifo
      mknod new/device c 1 3
      ln -s $long new/link
      truncate -s 4M new/sparse
      printf x | dd of=new/sparse bs=1 seek=2000000 conv=notrunc status=none
      mkdir kept/$long
      echo long > kept/$long/$long
      printf bytes > "$(printf 'new/\\377\\n\\001')"
      setfattr -n user.note -v some kept/sub kept/b new/deep
      setfacl -m u:21:rw kept/c new/b
      setfacl -m g:22:rx -m d:u:23:rwx kept/sub new/deep
      chmod 2750 new/deep/deeper
      touch -d '1969-12-31 23:59:58.5' kept/b
      touch -d '2021-01-01 01:01:01.000000001' new/deep new kept .
      """;

  private static final String PROTECTION =
      """
      cd "$1"
      chattr +i meta/renamed new/deep/b
      chattr +a kept/b
      chattr +i kept/sub first/third new/deep/deeper
      """;

  private FormatWorkload() {}

  static OverlaySpec spec(Path lower, Path instance) {
    return OverlaySpec.builder()
        .lower(lower)
        .instance(instance)
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
        .build();
  }

  /** Fills the lower of a spec, and its upper through a mount. */
  static void makeLayers(OverlaySpec spec, boolean protects) throws IOException {
    fillLower(spec.lowers().get(0));
    try (OverlayMount mount = Overlays.mount(spec)) {
      changeView(mount.root(), true);
      if (protects) {
        runShell(PROTECTION, mount.root());
      }
    }
  }

  static void fillLower(Path directory) throws IOException {
    runShell(LOWER, directory);
  }

  /** Changes a view, with or without renames of directories. */
  static void changeView(Path view, boolean renames) throws IOException {
    runShell(renames ? RENAMES + CHANGES : CHANGES, view);
  }

  static void runShell(String script, Path directory) throws IOException {
    Sandbox.run("sh", "-ec", script, "sh", directory.toString());
  }
}
