package dev.overlays.linux.archive;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The storage of buildah and podman in a directory of a test: two images, the second of which
 * changes the first, and a container of the first with the same changes. What the tools mount goes
 * with the namespace that each script runs in.
 */
final class ContainerStorage {
  private static final String BASE =
      """
      mkdir -p d/inner replaced other empty; echo a >d/a; echo i >d/inner/i; echo b >b; echo c >c
      echo h >replaced/h; ln -s d link; ln b hard; mkfifo pipe; echo m >meta; echo o >other/o
      echo x >'\u00fcml\u00e4ut'; setfattr -n user.x -v y b; chmod 4755 c; chown 1000:1001 meta
      truncate -s 1M holes; echo end >>holes; setfacl -m u:1234:r meta; ln -s nowhere alias
      """;
  private static final String CHANGES =
      """
      rm -r d; mkdir d; echo n >d/new; rm b; mv hard moved; rm -r replaced; echo f >replaced
      rm c; mkdir c; echo c >c/c; chmod 0700 meta; mkdir -p new/deep; echo p >new/deep/p
      ln new/deep/p new/link; rm link; ln -s other link; rm 'empty/../pipe'; mv other renamed 2>/dev/null ||
        { cp -a other renamed; rm -r other; }
      setcap cap_net_raw+ep moved; touch -d 2001-02-03 empty; rm alias
      """;

  private final Path root;

  /**
   * Makes the images and the container.
   *
   * @param root an empty directory on a file system that can hold layers
   * @param mountOptions of the storage driver, as storage.conf has them
   */
  ContainerStorage(Path root, String mountOptions) throws IOException {
    this.root = root;
    Files.writeString(
        root.resolve("storage.conf"),
        """
        [storage]
        driver = "overlay"
        graphroot = "%1$s/root"
        runroot = "%1$s/run"
        [storage.options.overlay]
        mountopt = "%2$s"
        """
            .formatted(root, mountOptions));
    Files.writeString(
        root.resolve("policy"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    script(
        "c=$(b from scratch); m=$(b mount $c); cd $m",
        BASE + "cd /; b umount $c; b commit -q --signature-policy $S/policy $c one",
        "c=$(b from --name changed --signature-policy $S/policy localhost/one); m=$(b mount $c)",
        "cd $m",
        CHANGES + "cd /; b umount $c; b commit -q --signature-policy $S/policy $c two");
  }

  /** Runs a script in which {@code b} is buildah, {@code p} podman, and {@code $S} the storage. */
  String script(String... lines) throws IOException {
    String start =
        """
        S="$0"; export HOME=$S CONTAINERS_STORAGE_CONF=$S/storage.conf
        b() { buildah --log-level error "$@"; }
        p() { podman --log-level error "$@"; }
        """;
    return Sandbox.run(
        "unshare",
        "-m",
        "--propagation",
        "private",
        "sh",
        "-ec",
        start + String.join("\n", lines),
        root.toString());
  }

  /** The directory that a layer is in, by where the tool mounts it. */
  Path layer(String merged) {
    return Path.of(merged.strip()).getParent();
  }

  /** The layers below one, top-most first. */
  List<Path> lowers(Path layer) throws IOException {
    List<Path> lowers = new ArrayList<>();
    for (String link : Files.readString(layer.resolve("lower")).strip().split(":", -1)) {
      lowers.add(layer.resolveSibling(link).toRealPath());
    }
    return lowers;
  }
}
