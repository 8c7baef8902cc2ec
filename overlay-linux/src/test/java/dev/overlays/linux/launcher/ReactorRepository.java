package dev.overlays.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.Overlays;
import dev.overlays.linux.KernelBackend;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;

/** A Maven repository of what this build has compiled. */
final class ReactorRepository {
  static final String VERSION = "0.1.0-SNAPSHOT";

  private final Path directory;
  private final Path project = Path.of("").toAbsolutePath().getParent();

  private ReactorRepository(Path directory) {
    this.directory = directory;
  }

  /** Makes one with the API, the test kit and this module. */
  static void create(Path directory) throws IOException {
    ReactorRepository repository = new ReactorRepository(directory);
    repository.add("overlays-bom", "bom.xml");
    repository.add("overlays", "pom.xml");
    repository.pack(Overlays.class, repository.add("overlay-api", "overlay-api/pom.xml"));
    repository.pack(LayerView.class, repository.add("overlay-testkit", "overlay-testkit/pom.xml"));
    repository.pack(KernelBackend.class, repository.add("overlay-linux", "overlay-linux/pom.xml"));
  }

  /** Returns where its files are, without their endings. */
  private Path add(String artifact, String pom) throws IOException {
    Path place = directory.resolve("dev/overlays").resolve(artifact).resolve(VERSION);
    Files.createDirectories(place);
    Path file = place.resolve(artifact + "-" + VERSION);
    Files.copy(project.resolve(pom), Path.of(file + ".pom"));
    return file;
  }

  private void pack(Class<?> of, Path file) throws IOException {
    Path classes;
    try {
      classes = Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    Path jar = Path.of(file + ".jar");
    if (Files.isRegularFile(classes)) {
      Files.copy(classes, jar);
      return;
    }
    int status =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(System.out, System.err, "cf", jar.toString(), "-C", classes.toString(), ".");
    assertEquals(0, status, "jar");
  }
}
