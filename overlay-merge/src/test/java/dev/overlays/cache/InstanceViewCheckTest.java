package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Views that a mount table tells of, beside what the cache would mount. */
class InstanceViewCheckTest {
  private static final Problem COPY =
      Problem.of(ProblemCode.MOUNT_HELD, "A container has it.", "Stop it.");

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final Path lower = memory.getPath("/lower");
  private final Path other = memory.getPath("/other");
  private final Path instance = memory.getPath("/instance");
  private OverlaySpec known;

  @BeforeEach
  void makeLayers() throws IOException {
    for (Path each : List.of(lower, other, instance, instance.resolve("upper"))) {
      Files.createDirectory(each);
    }
    Files.createSymbolicLink(memory.getPath("/link"), lower);
    known = OverlaySpec.builder().lower(lower).instance(instance).build();
  }

  /** A view as a backend tells of it, which nobody has mounted. */
  private record ToldMount(OverlaySpec spec, List<Problem> otherMounts) implements OverlayMount {
    @Override
    public Path root() {
      return Path.of("/view");
    }

    @Override
    public String backend() {
      return "told";
    }

    @Override
    public boolean isMounted() {
      return true;
    }

    @Override
    public void close(UnmountOptions options) {
      throw new AssertionError("nobody may unmount it");
    }
  }

  private CacheInstance instanceWith(OverlayMount mount) {
    return new CacheInstance("instance", known, Optional.of(mount), false, List.of());
  }

  private Optional<ProblemCode> refusalOf(OverlaySpec told) {
    List<CacheInstance> instances = List.of(instanceWith(new ToldMount(told, List.of())));
    try {
      InstanceViewCheck.refuseOtherViews(instances);
      return Optional.empty();
    } catch (OverlayException e) {
      assertEquals(Path.of("/view"), e.problems().get(0).path().orElseThrow());
      return Optional.of(e.problems().get(0).code());
    }
  }

  private OverlaySpec toldOver(Path... lowers) {
    OverlaySpec.Builder told = OverlaySpec.builder().instance(instance);
    for (Path each : lowers) {
      told.lower(each);
    }
    return told.build();
  }

  @Test
  void sameLayersByOtherPathsAreTheSameView() throws IOException {
    assertEquals(Optional.empty(), refusalOf(known));
    assertEquals(Optional.empty(), refusalOf(toldOver(memory.getPath("/link"))));
    assertEquals(Optional.empty(), refusalOf(toldOver(memory.getPath("/other/../lower"))));
  }

  @Test
  void otherLowersOrMarksAreRefused() throws IOException {
    Optional<ProblemCode> differs = Optional.of(ProblemCode.CACHE_VIEW_DIFFERS);
    assertEquals(differs, refusalOf(toldOver(other)));
    assertEquals(differs, refusalOf(toldOver(other, lower)));
    assertEquals(differs, refusalOf(toldOver(lower, other)));
    assertEquals(differs, refusalOf(known.toBuilder().options(o -> o.withUserXattr(true)).build()));
    assertEquals(
        differs,
        refusalOf(
            known.toBuilder()
                .options(o -> o.withMetacopy(true).withRedirectDir(RedirectDir.ON))
                .dataLower(other)
                .build()));
  }

  /** A mount table has the paths of whoever mounted, which may lead nowhere here. */
  @Test
  void pathThatLeadsNowhereIsNotCompared() {
    assertEquals(Optional.empty(), refusalOf(toldOver(memory.getPath("/gone"))));
    assertEquals(Optional.empty(), refusalOf(toldOver(memory.getPath("relative"))));
  }

  @Test
  void viewBelongsToTheInstanceOfItsUpper() throws IOException {
    OverlaySpec sameUpper = known.toBuilder().lower(other).build();
    assertTrue(InstanceViewCheck.isViewOf(new ToldMount(sameUpper, List.of()), known));
    OverlaySpec elsewhere =
        OverlaySpec.builder()
            .lower(lower)
            .upper(Files.createDirectory(other.resolve("upper")))
            .work(other.resolve("work"))
            .build();
    assertFalse(InstanceViewCheck.isViewOf(new ToldMount(elsewhere, List.of()), known));
    OverlaySpec readOnly = OverlaySpec.builder().lower(lower).lower(other).build();
    assertFalse(InstanceViewCheck.isViewOf(new ToldMount(readOnly, List.of()), known));
  }

  @Test
  void copiesOfAllInstancesAreToldAtOnce() throws OverlayException {
    CacheInstance copied = instanceWith(new ToldMount(known, List.of(COPY)));
    OverlayException e =
        assertThrows(
            OverlayException.class, () -> InstanceViewCheck.refuseCopies(List.of(copied, copied)));
    assertEquals(List.of(COPY, COPY), e.problems());
    InstanceViewCheck.refuseCopies(List.of(instanceWith(new ToldMount(known, List.of()))));
    InstanceViewCheck.refuseCopies(List.of());
  }
}
