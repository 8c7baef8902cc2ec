package dev.overlays.linux.archive;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import dev.overlays.merge.oci.OciLayer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What root has put into an archive, in the hands of an ordinary user. */
class ArchiveUserTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
  }

  @TestFactory
  List<DynamicTest> archives() throws IOException {
    Path place = OrdinaryUser.giveToUser(sandbox.mountTmpfs("tmpfs"));
    sandbox.createFile("layer/a closed/inner/file", "data");
    sandbox.createFile("layer/b read-only/file", "data");
    sandbox.createFile("layer/z foreign", "data");
    String layer = sandbox.path("layer").toString();
    Sandbox.run("mknod", layer + "/b read-only/gone", "c", "0", "0");
    Sandbox.run("setfattr", "-n", "trusted.overlay.opaque", "-v", "y", layer + "/a closed");
    Sandbox.run("chown", "-R", OrdinaryUser.commandPrefix().get(1).replaceFirst(".*=", ""), layer);
    Sandbox.run("chmod", "0", layer + "/a closed/inner", layer + "/a closed");
    Sandbox.run("chmod", "0500", layer + "/b read-only", layer);
    Sandbox.run("chown", "12345", layer + "/z foreign");
    try (OutputStream out = Files.newOutputStream(place.resolve("archive"))) {
      OciLayer.of(Path.of(layer), MarkNamespace.TRUSTED).writeTo(out);
    }
    return OrdinaryUser.runTests(
        place, Map.of("overlays.place", place.toString()), ArchivesOfAUser.class);
  }
}
