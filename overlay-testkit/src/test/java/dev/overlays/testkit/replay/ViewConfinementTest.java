package dev.overlays.testkit.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks that links which lead out of a view are recognized. */
class ViewConfinementTest {
  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = fileSystem.getPath("/outside/view");

  @BeforeEach
  void makeLinks() throws IOException {
    Files.createDirectories(root.resolve("dir/inner"));
    makeLink("dir/up", "..");
    makeLink("dir/out", "../..");
    makeLink("out", "dir/out");
    makeLink("absolute", "/outside/view/dir");
    makeLink("loop", "loop");
    makeLink("around", "dir/inner/../../dir/up/dir");
  }

  private void makeLink(String path, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(path), fileSystem.getPath(target));
  }

  @ParameterizedTest
  @CsvSource({
    "dir/inner, true, true",
    "missing/too, true, true",
    "dir/up, true, true",
    "dir/up/dir/up/out, false, true",
    "dir/up/dir/up/out, true, false",
    "out, false, true",
    "out, true, false",
    "out/new, false, false",
    "absolute, false, true",
    "absolute, true, false",
    "absolute/inner, false, false",
    "loop, true, true",
    "loop/x, false, true",
    "around/inner, true, true",
    "around/../../.., true, false",
  })
  void whatLeadsOutIsKnown(String path, boolean follow, boolean holds) throws IOException {
    assertEquals(holds, new ViewConfinement(root).staysInside(fileSystem.getPath(path), follow));
  }
}
