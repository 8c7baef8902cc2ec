package dev.overlays.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.OverlayException;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what a merge refuses before it changes anything. */
class MergeRefusalTest {
  private final FileSystem fileSystem =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder().setAttributeViews("basic", "user").build());
  private final Path root = fileSystem.getPath("/root");
  private final Path upper = root.resolve("upper");
  private final PortableLayerStore store = new PortableLayerStore();

  @BeforeEach
  void createLayers() throws IOException {
    for (String directory : List.of("lower", "upper/dir", "work")) {
      Files.createDirectories(root.resolve(directory));
    }
    Files.writeString(root.resolve("lower/old"), "old");
    Files.writeString(upper.resolve("dir/file"), "");
    Files.writeString(upper.resolve("new"), "new");
  }

  private OverlaySpec.Builder specBuilder() {
    return OverlaySpec.builder()
        .lower(root.resolve("lower"))
        .upper(upper)
        .work(root.resolve("work"))
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
  }

  private void addMark(String directory, String name, String xattr, String value)
      throws IOException {
    try (LayerDirectory handle = store.open(root.resolve(directory))) {
      handle.setXattr(Name.of(name), xattr, value.getBytes(UTF_8));
    }
  }

  private void assertRefused(ProblemCode code, Path path, OverlaySpec spec) throws IOException {
    List<String> before = LayerView.ofSingleLayer(store, root, MarkNamespace.USER).manifest();
    OverlayMerge merge = OverlayMerge.of(spec).store(store);
    for (Executable attempt : List.<Executable>of(merge::run, merge::dryRun)) {
      OverlayException e = assertThrows(OverlayException.class, attempt);
      Problem problem = e.problems().get(0);
      assertEquals(code, problem.code(), e::getMessage);
      assertEquals(Optional.of(path.toString()), problem.path().map(Path::toString));
      assertFalse(problem.remedy().isBlank());
    }
    assertEquals(before, LayerView.ofSingleLayer(store, root, MarkNamespace.USER).manifest());
  }

  @ParameterizedTest
  @CsvSource({
    "METACOPY_DATA_MISSING, upper, new, trusted.overlay.metacopy, ''",
    "MERGE_UNKNOWN_MARK, upper, dir, trusted.overlay.tomorrow, y",
  })
  void refusesAMarkThatIsNotHandled(
      ProblemCode code, String directory, String name, String xattr, String value)
      throws IOException {
    addMark(directory, name, xattr, value);
    assertRefused(code, root.resolve(directory).resolve(name), specBuilder().build());
  }

  @Test
  void mergesDespiteAMarkInAPrivatePath() throws IOException {
    addMark("upper/dir", "file", "trusted.overlay.metacopy", "");
    OverlaySpec spec = specBuilder().privatePath("dir/file").build();
    OverlayMerge.of(spec).store(store).run();
    assertTrue(Files.exists(upper.resolve("dir/file")));
    assertEquals("new", Files.readString(root.resolve("lower/new")));
  }

  /** The marks of what is left out are nobody's concern, however deep they are. */
  @ParameterizedTest
  @ValueSource(strings = {"private", "exclude", "only"})
  void mergesDespiteAMarkSomewhereInADirectoryThatIsLeftOut(String how) throws IOException {
    Files.createDirectories(upper.resolve("dir/a/b"));
    Files.writeString(upper.resolve("dir/a/b/file"), "stays");
    addMark("upper/dir/a/b", "file", "trusted.overlay.tomorrow", "y");
    OverlayMerge merge =
        switch (how) {
          case "private" -> OverlayMerge.of(specBuilder().privatePath("dir").build());
          case "exclude" -> OverlayMerge.of(specBuilder().build()).exclude("dir");
          default -> OverlayMerge.of(specBuilder().build()).only("new");
        };
    merge.store(store).run();
    assertTrue(Files.exists(upper.resolve("dir/a/b/file")));
    assertEquals("new", Files.readString(root.resolve("lower/new")));
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "/", "**", "./**"})
  void mergesNothingWhenEverythingIsExcluded(String pattern) throws IOException {
    List<String> before = LayerView.ofSingleLayer(store, root, MarkNamespace.USER).manifest();
    MergeReport report = OverlayMerge.of(specBuilder().build()).store(store).exclude(pattern).run();
    assertEquals(Set.of(MergeAction.KEPT), report.counts().keySet());
    assertEquals(before, LayerView.ofSingleLayer(store, root, MarkNamespace.USER).manifest());
  }

  @Test
  void refusesMarksOfTheOtherNamespace() throws IOException {
    addMark("", "upper", "trusted.overlay.impure", "y");
    assertRefused(
        ProblemCode.LAYER_OF_OTHER_OPTIONS,
        upper,
        specBuilder().options(o -> OverlayOptions.defaults().withUserXattr(true)).build());
  }

  @Test
  void refusesAnUpperOfAVolatileMount() throws IOException {
    Files.createDirectories(root.resolve("work/work/incompat/volatile"));
    assertRefused(
        ProblemCode.VOLATILE_LEFTOVER, root.resolve("work/work/incompat"), specBuilder().build());
  }

  @Test
  void refusesAnUnknownMarkInAnUpperThatStays() throws IOException {
    OverlaySpec stays = createInstance("other");
    addMark("other/upper", "mine", "trusted.overlay.tomorrow", "y");
    List<String> before = LayerView.ofSingleLayer(store, root, MarkNamespace.USER).manifest();
    SharedMerge merge =
        OverlayMerge.into(root.resolve("lower"))
            .store(store)
            .uppers(specBuilder().build())
            .keepUppers(stays);
    for (Executable attempt : List.<Executable>of(merge::run, merge::dryRun)) {
      OverlayException e = assertThrows(OverlayException.class, attempt);
      assertEquals(ProblemCode.MERGE_UNKNOWN_MARK, e.problems().get(0).code(), e::getMessage);
    }
    assertEquals(before, LayerView.ofSingleLayer(store, root, MarkNamespace.USER).manifest());
  }

  /** Creates an instance with a file of its own, over the same lower. */
  private OverlaySpec createInstance(String name) throws IOException {
    Path place = root.resolve(name);
    Files.createDirectories(place.resolve("upper"));
    Files.createDirectories(place.resolve("work"));
    Files.writeString(place.resolve("upper/mine"), name);
    return OverlaySpec.builder()
        .lower(root.resolve("lower"))
        .upper(place.resolve("upper"))
        .work(place.resolve("work"))
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
        .build();
  }

  @Test
  void refusesOneUpperOfTwoInstances() throws IOException {
    Files.createSymbolicLink(root.resolve("again"), root.resolve("upper"));
    OverlaySpec again =
        OverlaySpec.builder()
            .lower(root.resolve("lower"))
            .upper(root.resolve("again"))
            .work(root.resolve("work"))
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
            .build();
    SharedMerge merge = OverlayMerge.into(root.resolve("lower")).uppers(specBuilder().build());
    OverlayException e = assertThrows(OverlayException.class, () -> merge.keepUppers(again).run());
    assertEquals(ProblemCode.LAYER_REPEATED, e.problems().get(0).code());
  }

  @Test
  void refusesAViewWithoutAnUpper() throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder().lower(root.resolve("lower")).lower(root.resolve("work")).build();
    assertRefused(ProblemCode.MERGE_WITHOUT_UPPER, root.resolve("lower"), spec);
  }
}
