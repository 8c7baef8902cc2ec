package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.oci.value.OciTreatment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The forms in which tools write holes, ACLs and hard links to symbolic links: an import makes what
 * the tool itself makes of its archive.
 */
class ToolFormsTest {
  @AutoClose private Sandbox sandbox;
  private Path layer;

  @BeforeEach
  void makeLayer() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("t");
    layer = sandbox.createDirectory("t/layer");
    shell(
        layer,
        "mkdir d default; echo end >d/end; truncate -s 1M holes; echo end >>holes",
        "truncate -s 1500K holes; truncate -s 300K 'only a hole'",
        "for i in $(seq 30); do truncate -s $((i * 64))K places; echo $i >>places; done",
        "cp --sparse=always places $(printf %0150d 7)",
        "ln -s d/end symlink; ln symlink d/symlink; ln holes d/holes; mkfifo pipe",
        "mknod node c 4095 1048575; mknod block b 300 70000");
  }

  private static String shell(Path place, String... commands) throws IOException {
    return Sandbox.run("sh", "-ec", "cd \"$0\"; " + String.join("; ", commands), place.toString());
  }

  private OciImportReport imported(Path archive, Path to) throws IOException {
    try (InputStream in = Files.newInputStream(archive)) {
      return OciImport.to(to)
          .devices(OciTreatment.TAKE)
          .limits(OciLimits.DEFAULTS.withRatio(2000))
          .run(in);
    }
  }

  /** Names, kinds, modes, owners, sizes, numbers of names and devices, targets and content. */
  private static String shown(Path root) throws IOException {
    return shell(
        root,
        "find . -mindepth 1 -printf '%P %y %m %U %G %s %n %l %T@\\n' | sort",
        "find . -type f -exec sha256sum {} + | sort -k2",
        "stat -c '%n %t %T' node block",
        "find . -mindepth 1 ! -type l | sort | getfacl -n -");
  }

  private static long allocated(Path root) throws IOException {
    return Long.parseLong(shell(root, "du -ks . | cut -f1").strip());
  }

  @ParameterizedTest
  @CsvSource({
    "tar, tar, --format=posix --acls --sparse --sparse-version=0.0",
    "tar, tar, --format=posix --acls --sparse --sparse-version=0.1",
    "tar, tar, --format=posix --acls --sparse --sparse-version=1.0",
    "tar, tar, --format=posix --acls --sparse --hole-detection=raw --numeric-owner",
    "tar, tar, --format=posix --acls --xattrs --xattrs-include=*",
    "tar, tar, --format=gnu --sparse",
    "tar, tar, --format=oldgnu --sparse",
    "bsdtar, libarchive-tools, --format=pax",
    "bsdtar, libarchive-tools, --format=pax --no-read-sparse",
    "bsdtar, libarchive-tools, --acls",
  })
  void importMakesWhatTheToolMakes(String program, String packageName, String options)
      throws IOException {
    Programs.require(program, packageName);
    if (!options.contains("gnu")) {
      shell(
          layer,
          "setfacl -m u:root:r,g:1234:rx,u:9:w holes",
          "setfacl -m u:4321:rw d",
          "setfacl -d -m u:4321:rw,g:root:x default");
    }
    Path archive = sandbox.path("t/archive");
    Path unpacked = sandbox.createDirectory("t/unpacked");
    Path imported = sandbox.path("t/imported");
    List<String> make = new ArrayList<>(List.of(program));
    make.addAll(Arrays.asList(options.split(" ", -1)));
    make.addAll(List.of("-cf", archive.toString(), "-C", layer.toString(), "."));
    Sandbox.run(make.toArray(String[]::new));
    String acls = options.contains("gnu") ? "" : "--acls ";
    shell(unpacked, program + " " + acls + "-xpf " + archive);
    imported(archive, imported);
    assertEquals(shown(unpacked), shown(imported));
    // Only POSIX' format has parts of seconds, and bsdtar takes it where it has to.
    String times = options.matches(".*=p(osi|a)x.*") ? "$" : "(?m)\\.\\d{10}$";
    assertEquals(shown(layer).replaceAll(times, ""), shown(imported).replaceAll(times, ""));
    long most = allocated(layer) + 200;
    assertTrue(allocated(imported) <= most, allocated(imported) + " KiB of " + most);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    OciLayer.of(imported, MarkNamespace.TRUSTED).writeTo(again);
    assertTrue(again.size() > 0);
  }

  /** Records that no tool at hand writes; GNU tar puts any into an archive. */
  @ParameterizedTest
  @CsvSource({
    "'user::rw-;user:nobody-here:r-x:1000;group::r--;mask::rwx;other::---'",
    "'group::r--;other::---;user::rw-;mask::rwx;user:1000:r-x'",
    "'user::rw-;user:1000:r-x\t#effective:r-x;group::r--;mask::rwx;other::---;'",
    "'u::rw;u:1000:rx;g::r;m:rwx;o::-'",
    "'user::rw-;user:1000:r-x;group::rw-;other::---'",
    "'user::rw-;user:root:r-x;group:\\162oot:rw-;group::r--;other::---'",
  })
  void aclsInWordsAreThoseOfSetfacl(String text) throws IOException {
    Path file = sandbox.createFile("t/file", "x");
    Path archive = sandbox.path("t/archive");
    Path imported = sandbox.path("t/imported");
    String words = text.replace(';', '\n');
    Sandbox.run(
        "tar",
        "--format=posix",
        "--mode=0660",
        "--pax-option=SCHILY.acl.access:=" + words,
        "-cf",
        archive.toString(),
        "-C",
        file.getParent().toString(),
        "file");
    imported(archive, imported);
    String set =
        words
            .replace("nobody-here:r-x:1000", "1000:r-x")
            .replace("\\162", "r")
            .replace('\n', ',')
            .replaceAll("\t#[^,]*|,$", "");
    shell(file.getParent(), "chmod 0660 file; setfacl --set '" + set + "' file");
    assertEquals(shell(file.getParent(), "getfacl -n file"), shell(imported, "getfacl -n file"));
  }
}
