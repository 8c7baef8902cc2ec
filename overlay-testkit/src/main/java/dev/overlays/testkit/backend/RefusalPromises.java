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
    Optional<Path> path = Optional.of(sandbox().pathOf(about));
    new RefusalCheck(sandbox()).assertRefused(spec.build(), path, codes);
  }

  private OverlaySpec.Builder withSecond() throws IOException {
    return sandbox().specOfLayers().lower(sandbox().pathOf("second"));
  }

  @Test
  @DisplayName("9.1 a lower that is missing")
  void refusesAMissingLower() throws IOException {
    assertRefused(withSecond(), "second", ProblemCode.LAYER_NOT_FOUND);
  }

  @Test
  @DisplayName("9.2 a lower that is a file")
  void refusesAFileAsLower() throws IOException {
    sandbox().makeFile("second", "");
    assertRefused(withSecond(), "second", ProblemCode.LAYER_NOT_DIRECTORY);
  }

  /**
   * The missing directories are not beside the mount point, so they are not made as those of an
   * instance.
   */
  @Test
  @DisplayName("9.3 an upper or a work directory that is missing")
  void refusesAMissingUpperOrWork() throws IOException {
    sandbox().makeDirectory("other/work");
    Path there = sandbox().pathOf("other");
    assertRefused(
        sandbox().specOfLayers().upper(there.resolve("upper")).work(there.resolve("work")),
        "other/upper",
        ProblemCode.LAYER_NOT_FOUND);
    sandbox().makeDirectory("another/upper");
    there = sandbox().pathOf("another");
    assertRefused(
        sandbox().specOfLayers().upper(there.resolve("upper")).work(there.resolve("work")),
        "another/work",
        ProblemCode.LAYER_NOT_FOUND);
  }

  @Test
  @DisplayName("9.4 one directory named twice, by a link too")
  void refusesARepeatedLayer() throws IOException {
    Path link = sandbox().pathOf("second");
    Files.createSymbolicLink(link, sandbox().makeDirectory("lower").getFileName());
    assertRefused(withSecond(), "second", ProblemCode.LAYER_REPEATED);
  }

  @Test
  @DisplayName("9.5 one layer inside another, by a link too")
  void refusesNestedLayers() throws IOException {
    sandbox().makeDirectory("lower/inner");
    OverlaySpec.Builder lowers = sandbox().specOfLayers().lower(sandbox().pathOf("lower/inner"));
    assertRefused(lowers, "lower/inner", ProblemCode.LAYER_NESTED);
    OverlaySpec.Builder upper =
        sandbox().specOfLayers().upper(sandbox().makeDirectory("lower/upper"));
    assertRefused(upper, "lower/upper", ProblemCode.LAYER_NESTED);
    Path link = sandbox().pathOf("second");
    Files.createSymbolicLink(link, link.getFileSystem().getPath("lower/inner"));
    assertRefused(withSecond(), "second", ProblemCode.LAYER_NESTED);
  }

  @Test
  @DisplayName("9.6 upper and work directory one inside the other, by a link")
  void refusesNestedUpperAndWork() throws IOException {
    sandbox().makeDirectory("upper/inner");
    Path link = sandbox().pathOf("second");
    Files.createSymbolicLink(link, link.getFileSystem().getPath("upper/inner"));
    assertRefused(sandbox().specOfLayers().work(link), "second", ProblemCode.UPPER_WORK_NESTED);
  }

  @Test
  @DisplayName("9.7 an upper or a work directory that another view uses")
  void refusesUpperAndWorkInUse() throws IOException {
    try (OverlayMount mount = sandbox().mount()) {
      Files.writeString(mount.root().resolve("file"), "of the first");
      OverlaySpec.Builder upper = sandbox().specOfLayers("other-").upper(sandbox().pathOf("upper"));
      assertRefused(upper, "upper", ProblemCode.UPPER_IN_USE, ProblemCode.LAYER_LOCKED);
      OverlaySpec.Builder work = sandbox().specOfLayers("other-").work(sandbox().pathOf("work"));
      assertRefused(work, "work", ProblemCode.WORK_IN_USE, ProblemCode.LAYER_LOCKED);
      assertEquals("of the first", Files.readString(mount.root().resolve("file")));
    }
    sandbox()
        .mount(sandbox().specOfLayers("other-").upper(sandbox().pathOf("upper")).build())
        .close();
  }

  @Test
  @DisplayName("9.8 a mount point that is missing, a file, or not empty")
  void refusesAnUnusableMountPoint() throws IOException {
    sandbox().makeFile("file", "");
    sandbox().makeFile("full/file", "");
    assertRefused(
        sandbox().specOfLayers().mountPoint(sandbox().pathOf("else/where")),
        "else/where",
        ProblemCode.MOUNT_POINT_NOT_FOUND);
    assertRefused(
        sandbox().specOfLayers().mountPoint(sandbox().pathOf("file")),
        "file",
        ProblemCode.MOUNT_POINT_NOT_DIRECTORY);
    assertRefused(
        sandbox().specOfLayers().mountPoint(sandbox().pathOf("full")),
        "full",
        ProblemCode.MOUNT_POINT_NOT_EMPTY);
  }

  @Test
  @DisplayName("9.9 a mount point that another view has")
  void refusesAMountPointInUse() throws IOException {
    try (OverlayMount mount = sandbox().mount()) {
      assertRefused(
          sandbox().specOfLayers("other-").mountPoint(sandbox().pathOf("mnts")),
          "mnts",
          ProblemCode.MOUNT_POINT_IN_USE);
      assertEquals(
          List.of(sandbox().pathOf("mnts").toAbsolutePath().toString()), sandbox().mountedHere());
      assertTrue(mount.isMounted());
    }
  }

  @Test
  @DisplayName("9.10 an instance in a directory that is missing, or over a lower that is")
  void refusesAnInstanceWithoutAPlace() throws IOException {
    sandbox().makeDirectory("lower");
    assertRefused(
        sandbox().specOfLayers().instance(sandbox().pathOf("disk/instance")),
        "disk",
        ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND);
    assertRefused(
        withSecond().instance(sandbox().pathOf("instance")), "second", ProblemCode.LAYER_NOT_FOUND);
  }

  @Test
  @DisplayName("9.11 everything that is wrong is told at once")
  void tellsAllProblemsAtOnce() throws IOException {
    sandbox().makeFile("file", "");
    OverlaySpec.Builder spec = withSecond().mountPoint(sandbox().pathOf("file"));
    assertRefused(spec, "second", ProblemCode.LAYER_NOT_FOUND);
    assertRefused(spec, "file", ProblemCode.MOUNT_POINT_NOT_DIRECTORY);
  }
}
