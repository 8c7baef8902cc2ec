package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Promises about wrong specs: check and mount refuse them with a reason, and leave nothing behind.
 */
abstract class RefusalPromises extends ContractPromises {

  RefusalPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private void assertRefused(OverlaySpec.Builder spec, String about, ProblemCode... codes)
      throws IOException {
    Optional<Path> path = Optional.of(sandbox().path(about));
    new RefusalCheck(sandbox()).assertRefused(spec.build(), path, codes);
  }

  private OverlaySpec.Builder withSecond() throws IOException {
    return sandbox().layers().lower(sandbox().path("second"));
  }

  @Test
  @DisplayName("9.1 a lower that is missing")
  void missingLower() throws IOException {
    assertRefused(withSecond(), "second", ProblemCode.LAYER_NOT_FOUND);
  }

  @Test
  @DisplayName("9.2 a lower that is a file")
  void lowerIsAFile() throws IOException {
    sandbox().file("second", "");
    assertRefused(withSecond(), "second", ProblemCode.LAYER_NOT_DIRECTORY);
  }

  /**
   * The missing directories are not beside the mount point, so they are not made as those of an
   * instance.
   */
  @Test
  @DisplayName("9.3 an upper or a work directory that is missing")
  void missingUpper() throws IOException {
    sandbox().directory("other/work");
    Path there = sandbox().path("other");
    assertRefused(
        sandbox().layers().upper(there.resolve("upper")).work(there.resolve("work")),
        "other/upper",
        ProblemCode.LAYER_NOT_FOUND);
    sandbox().directory("another/upper");
    there = sandbox().path("another");
    assertRefused(
        sandbox().layers().upper(there.resolve("upper")).work(there.resolve("work")),
        "another/work",
        ProblemCode.LAYER_NOT_FOUND);
  }

  @Test
  @DisplayName("9.4 one directory named twice, by a link too")
  void repeated() throws IOException {
    Path link = sandbox().path("second");
    Files.createSymbolicLink(link, sandbox().directory("lower").getFileName());
    assertRefused(withSecond(), "second", ProblemCode.LAYER_REPEATED);
  }

  @Test
  @DisplayName("9.5 one layer inside another, by a link too")
  void nested() throws IOException {
    sandbox().directory("lower/inner");
    OverlaySpec.Builder lowers = sandbox().layers().lower(sandbox().path("lower/inner"));
    assertRefused(lowers, "lower/inner", ProblemCode.LAYER_NESTED);
    OverlaySpec.Builder upper = sandbox().layers().upper(sandbox().directory("lower/upper"));
    assertRefused(upper, "lower/upper", ProblemCode.LAYER_NESTED);
    Path link = sandbox().path("second");
    Files.createSymbolicLink(link, link.getFileSystem().getPath("lower/inner"));
    assertRefused(withSecond(), "second", ProblemCode.LAYER_NESTED);
  }

  @Test
  @DisplayName("9.6 upper and work directory one inside the other, by a link")
  void upperAndWorkNested() throws IOException {
    sandbox().directory("upper/inner");
    Path link = sandbox().path("second");
    Files.createSymbolicLink(link, link.getFileSystem().getPath("upper/inner"));
    assertRefused(sandbox().layers().work(link), "second", ProblemCode.UPPER_WORK_NESTED);
  }

  @Test
  @DisplayName("9.7 an upper or a work directory that another view uses")
  void inUse() throws IOException {
    try (OverlayMount mount = sandbox().mount()) {
      Files.writeString(mount.root().resolve("file"), "of the first");
      OverlaySpec.Builder upper = sandbox().layers("other-").upper(sandbox().path("upper"));
      assertRefused(upper, "upper", ProblemCode.UPPER_IN_USE, ProblemCode.LAYER_LOCKED);
      OverlaySpec.Builder work = sandbox().layers("other-").work(sandbox().path("work"));
      assertRefused(work, "work", ProblemCode.WORK_IN_USE, ProblemCode.LAYER_LOCKED);
      assertEquals("of the first", Files.readString(mount.root().resolve("file")));
    }
    sandbox().mount(sandbox().layers("other-").upper(sandbox().path("upper")).build()).close();
  }

  @Test
  @DisplayName("9.8 a mount point that is missing, a file, or not empty")
  void mountPoint() throws IOException {
    sandbox().file("file", "");
    sandbox().file("full/file", "");
    assertRefused(
        sandbox().layers().mountPoint(sandbox().path("else/where")),
        "else/where",
        ProblemCode.MOUNT_POINT_NOT_FOUND);
    assertRefused(
        sandbox().layers().mountPoint(sandbox().path("file")),
        "file",
        ProblemCode.MOUNT_POINT_NOT_DIRECTORY);
    assertRefused(
        sandbox().layers().mountPoint(sandbox().path("full")),
        "full",
        ProblemCode.MOUNT_POINT_NOT_EMPTY);
  }

  @Test
  @DisplayName("9.9 a mount point that another view has")
  void mountPointInUse() throws IOException {
    try (OverlayMount mount = sandbox().mount()) {
      assertRefused(
          sandbox().layers("other-").mountPoint(sandbox().path("mnts")),
          "mnts",
          ProblemCode.MOUNT_POINT_IN_USE);
      assertEquals(
          List.of(sandbox().path("mnts").toAbsolutePath().toString()), sandbox().mountedHere());
      assertTrue(mount.isMounted());
    }
  }

  @Test
  @DisplayName("9.10 an instance in a directory that is missing, or over a lower that is")
  void instance() throws IOException {
    sandbox().directory("lower");
    assertRefused(
        sandbox().layers().instance(sandbox().path("disk/instance")),
        "disk",
        ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND);
    assertRefused(
        withSecond().instance(sandbox().path("instance")), "second", ProblemCode.LAYER_NOT_FOUND);
  }

  @Test
  @DisplayName("9.11 everything that is wrong is told at once")
  void all() throws IOException {
    sandbox().file("file", "");
    OverlaySpec.Builder spec = withSecond().mountPoint(sandbox().path("file"));
    assertRefused(spec, "second", ProblemCode.LAYER_NOT_FOUND);
    assertRefused(spec, "file", ProblemCode.MOUNT_POINT_NOT_DIRECTORY);
  }
}
