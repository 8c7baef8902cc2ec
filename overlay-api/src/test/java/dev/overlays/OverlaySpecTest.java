package dev.overlays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OverlaySpecTest {
  private static OverlaySpec.Builder plainSpec() {
    return OverlaySpec.builder().lower(Path.of("/lower")).instance(Path.of("/instance"));
  }

  /** Each changes one thing. */
  static Stream<UnaryOperator<OverlaySpec.Builder>> singleChanges() {
    return Stream.of(
        spec -> spec.lower(Path.of("/second")),
        spec -> spec.lowers(List.of(Path.of("/other"))),
        spec -> spec.upper(Path.of("/other")),
        spec -> spec.work(Path.of("/other")),
        spec -> spec.mountPoint(Path.of("/other")),
        spec -> spec.privatePath("config"),
        spec -> spec.attributes(MountAttribute.NOSUID),
        spec -> spec.propagation(Propagation.SHARED),
        spec -> spec.lowers(List.of()).lower(Path.of("/lower"), IdMapping.of(0, 1000, 1)),
        spec -> spec.options(o -> o.withIndex(true)));
  }

  @ParameterizedTest
  @MethodSource("singleChanges")
  void isEqualByValue(UnaryOperator<OverlaySpec.Builder> change) {
    OverlaySpec changed = change.apply(plainSpec()).build();
    assertEquals(changed, change.apply(plainSpec()).build());
    assertEquals(changed.hashCode(), change.apply(plainSpec()).build().hashCode());
    assertNotEquals(plainSpec().build(), changed);
  }

  @ParameterizedTest
  @MethodSource("singleChanges")
  void toBuilderKeepsEverything(UnaryOperator<OverlaySpec.Builder> change) {
    OverlaySpec spec = change.apply(plainSpec()).build();
    assertEquals(spec, spec.toBuilder().build());
    assertNotEquals(plainSpec().build(), spec.toBuilder().build());
  }

  @Test
  void anEphemeralViewNeedsNoUpper() {
    OverlaySpec.Builder builder = OverlaySpec.builder().lower(Path.of("/lower"));
    OverlaySpec spec = builder.ephemeral().privatePath("a").build();
    assertEquals(Optional.of(Ephemeral.inMemory()), spec.ephemeral());
    assertTrue(spec.hasUpper());
    assertEquals(spec, spec.toBuilder().build());
    assertNotEquals(spec, builder.ephemeral(Ephemeral.inMemory(1 << 20)).build());
    assertEquals(
        List.of(Path.of("/lower"), Path.of("/tmp")),
        builder.ephemeral(Ephemeral.in(Path.of("/tmp"))).build().requiredPaths());
  }

  @Test
  void anEphemeralViewNamesNoUpper() {
    OverlaySpec.Builder builder = plainSpec().ephemeral();
    InvalidSpecException e = assertThrows(InvalidSpecException.class, builder::build);
    assertEquals(ProblemCode.EPHEMERAL_WITH_UPPER, e.problems().get(0).code());
  }

  @Test
  void idRangesRefuseWhatIsNoId() {
    assertThrows(IllegalArgumentException.class, () -> IdMapping.of(-1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> IdMapping.of(0, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> IdMapping.of(0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> IdMapping.of(0, 1, 0xffff_ffffL));
    assertEquals(0xffff_ffffL, IdMapping.of(0, 0, 0xffff_ffffL).users().get(0).count());
    assertThrows(IllegalArgumentException.class, () -> new IdMapping(List.of(), List.of()));
  }

  @Test
  void aBuiltSpecDoesNotChangeWithItsBuilder() {
    OverlaySpec.Builder builder = plainSpec().privatePath("a");
    OverlaySpec spec = builder.build();
    OverlaySpec same = builder.build();
    builder.lower(Path.of("/second")).privatePath("b").attributes(MountAttribute.NOEXEC);
    builder.upper(Path.of("/other")).options(o -> o.withIndex(true));
    assertEquals(same, spec);
    assertEquals(List.of(Path.of("/lower")), spec.lowers());
    spec.toBuilder().lower(Path.of("/third")).build();
    assertEquals(same, spec);
  }

  @Test
  void copiesTheListOfTheCaller() {
    List<Path> lowers = new ArrayList<>(List.of(Path.of("/a")));
    OverlaySpec spec = plainSpec().lowers(lowers).build();
    lowers.add(Path.of("/b"));
    assertEquals(List.of(Path.of("/a")), spec.lowers());
  }

  @Test
  void collectionsCannotBeChanged() {
    OverlaySpec spec = plainSpec().privatePath("a").attributes(MountAttribute.NODEV).build();
    Path path = Path.of("/x");
    assertThrows(UnsupportedOperationException.class, () -> spec.lowers().add(path));
    assertThrows(UnsupportedOperationException.class, () -> spec.dataLowers().add(path));
    assertThrows(UnsupportedOperationException.class, () -> spec.privatePaths().add("b"));
    assertThrows(UnsupportedOperationException.class, () -> spec.attributes().clear());
  }

  @Test
  void anInstanceIsThreeDirectoriesSideBySide() {
    OverlaySpec spec = plainSpec().build();
    assertEquals(Optional.of(Path.of("/instance")), spec.instance());
    assertEquals(Optional.of(Path.of("/instance/upper")), spec.upper());
    assertEquals(Optional.of(Path.of("/instance/work")), spec.work());
    assertEquals(Optional.of(Path.of("/instance/mnts")), spec.mountPoint());
    assertEquals(
        Optional.of(Path.of("/instance/view")),
        plainSpec().instance(Path.of("/instance"), "u", "w", "view").build().mountPoint());
    assertEquals(Optional.empty(), plainSpec().mountPoint(Path.of("/view")).build().instance());
  }

  @ParameterizedTest
  @CsvSource({
    "config, config",
    "a/b, a/b",
    "a//b, a/b",
    "a/b/, a/b",
    "./a/./b, a/b",
    "a/.../b, a/.../b",
    "' a', ' a'"
  })
  void normalisesPrivatePaths(String given, String kept) {
    assertEquals(List.of(kept), List.copyOf(plainSpec().privatePath(given).build().privatePaths()));
  }

  @Test
  void sortsPrivatePathsAndKeepsEachOnce() {
    OverlaySpec spec = plainSpec().privatePath("b").privatePath("a/").privatePath("./a").build();
    assertEquals(List.of("a", "b"), List.copyOf(spec.privatePaths()));
  }

  @Test
  void buildReportsEveryContradictionAtOnce() {
    InvalidSpecException e =
        assertThrows(
            InvalidSpecException.class,
            () ->
                OverlaySpec.builder()
                    .work(Path.of("/work"))
                    .privatePath("/absolute")
                    .options(o -> o.withUuid(UuidMode.ON).withMetacopy(true))
                    .build());
    assertEquals(
        List.of(
            ProblemCode.PRIVATE_PATH_INVALID,
            ProblemCode.NO_LOWER,
            ProblemCode.WORK_WITHOUT_UPPER,
            ProblemCode.OPTION_CONFLICT,
            ProblemCode.OPTION_CONFLICT),
        e.problems().stream().map(Problem::code).toList());
    e.problems().forEach(problem -> assertTrue(e.getMessage().contains(problem.toString())));
  }

  @Test
  void toStringShowsWhatIsNotTheDefault() {
    assertEquals(
        "OverlaySpec[lowers=[/lower], upper=/instance/upper, work=/instance/work,"
            + " mountPoint=/instance/mnts]",
        plainSpec().build().toString());
    String text =
        plainSpec()
            .privatePath("config")
            .attributes(MountAttribute.NOSUID)
            .options(o -> o.withIndex(true))
            .build()
            .toString();
    assertTrue(text.contains("privatePaths=[config]"), text);
    assertTrue(text.contains("attributes=[NOSUID]"), text);
    assertTrue(text.contains("index=true"), text);
    assertFalse(text.contains("dataLowers"), text);
  }

  @Test
  void buildersRefuseNull() {
    OverlaySpec.Builder builder = OverlaySpec.builder();
    assertThrows(NullPointerException.class, () -> builder.lower(null));
    assertThrows(NullPointerException.class, () -> builder.upper(null));
    assertThrows(NullPointerException.class, () -> builder.privatePath(null));
    assertThrows(NullPointerException.class, () -> builder.options((OverlayOptions) null));
  }

  @Test
  void anUnattachedViewHasNoMountPoint() {
    OverlaySpec.Builder builder = OverlaySpec.builder().lower(Path.of("/lower")).ephemeral();
    OverlaySpec ordinary = builder.build();
    OverlaySpec spec = builder.unattached().build();
    assertTrue(spec.isUnattached());
    assertEquals(spec, spec.toBuilder().build());
    assertNotEquals(spec, ordinary);
    OverlaySpec.Builder attached = spec.toBuilder().mountPoint(Path.of("/mnts"));
    InvalidSpecException e = assertThrows(InvalidSpecException.class, attached::build);
    assertEquals(ProblemCode.UNATTACHED_WITH_MOUNT_POINT, e.problems().get(0).code());
  }
}
