package dev.overlays.linux.refusal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.refusal.ExpectedRefusal.RefusalMoment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every bad spec is refused with its code, path and remedy, for root and for nobody, and nothing is
 * left behind.
 */
@Tag("long")
class RefusalTest {
  private static final Set<ProblemCode> WRONG_PATHS =
      EnumSet.of(
          ProblemCode.LAYER_NOT_FOUND,
          ProblemCode.LAYER_NOT_DIRECTORY,
          ProblemCode.MOUNT_POINT_NOT_FOUND,
          ProblemCode.MOUNT_POINT_NOT_DIRECTORY,
          ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND);

  private static Sandbox programs;
  private static ChildJvm nobody;

  @BeforeAll
  static void startNobody() throws IOException {
    programs = Sandbox.asRoot();
    Sandbox.run("chmod", "755", programs.root().toString());
    nobody = ChildJvm.startAsNobody(programs.root(), RefusalAnswer.class);
  }

  @AfterAll
  static void stopNobody() throws IOException {
    if (nobody != null) {
      nobody.close();
      programs.close();
    }
  }

  static Stream<Arguments> refusals() {
    List<ExpectedRefusal> all = AllRefusals.all();
    return IntStream.range(0, all.size()).mapToObj(i -> Arguments.of(i, all.get(i)));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("refusals")
  void isRefusedWithCodePathAndRemedy(int number, ExpectedRefusal refusal) throws IOException {
    assumeTrue(
        !refusal.name().equals("vfat")
            || Files.readString(Path.of("/proc/filesystems")).contains("\tvfat\n"),
        "this kernel has no vfat");
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path root = sandbox.root();
      Sandbox.run("chmod", "755", root.toString());
      sandbox.newLayers();
      refusal.preparation().prepare(sandbox);
      SortedMap<String, String> files = sandbox.listEntries();
      String mounts = Files.readString(Path.of("/proc/self/mountinfo"));

      if (refusal.moment() != RefusalMoment.CHECKING_AS_NOBODY) {
        assertRootIsTold(refusal, root, RefusalAnswer.askFor(refusal, root));
      }
      assertNobodyIsTold(refusal, root, RefusalAnswer.parse(nobody.ask(number + " " + root)));

      assertEquals(mounts, Files.readString(Path.of("/proc/self/mountinfo")));
      assertEquals(files, sandbox.listEntries());
    }
  }

  private static void assertRootIsTold(ExpectedRefusal refusal, Path root, RefusalAnswer answer) {
    if (refusal.moment() == RefusalMoment.BUILDING) {
      assertTold(refusal, root, answer.building());
      return;
    }
    assertTold(refusal, root, answer.mounting());
    assertEquals(refusal.code(), answer.mounting().get(0).code(), answer::toString);
    if (refusal.moment() == RefusalMoment.MOUNTING) {
      assertEquals(List.of(), answer.checking());
    } else {
      assertEquals(answer.checking(), answer.mounting());
    }
  }

  private static void assertNobodyIsTold(ExpectedRefusal refusal, Path root, RefusalAnswer answer) {
    if (refusal.moment() == RefusalMoment.BUILDING) {
      assertTold(refusal, root, answer.building());
      return;
    }
    assertEquals(answer.checking(), answer.mounting());
    if (refusal.code() == ProblemCode.PRIVILEGE_MISSING) {
      // Nothing is wrong with the spec; another backend may say why it is not for it.
      assertEquals(
          List.of(),
          answer.checking().stream()
              .skip(1)
              .filter(problem -> problem.code() != ProblemCode.PATH_PROVIDER_UNSUPPORTED)
              .toList());
    }
    // A path that leads nowhere comes before what nobody's rights have to do with.
    Problem first = answer.mounting().get(0);
    ProblemCode expected =
        WRONG_PATHS.contains(refusal.code()) ? refusal.code() : ProblemCode.PRIVILEGE_MISSING;
    assertEquals(expected, first.code(), first::toString);
    assertFalse(first.remedy().isBlank(), first::toString);
    if (refusal.moment() == RefusalMoment.CHECKING
        || refusal.moment() == RefusalMoment.CHECKING_AS_NOBODY) {
      assertTold(refusal, root, answer.checking());
    }
  }

  private static void assertTold(ExpectedRefusal refusal, Path root, List<Problem> problems) {
    Optional<Problem> told =
        problems.stream()
            .filter(problem -> problem.code() == refusal.code())
            .filter(problem -> problem.path().equals(refusal.pathIn(root)))
            .findFirst();
    assertTrue(told.isPresent(), problems::toString);
    assertFalse(told.get().message().isBlank(), problems::toString);
    assertFalse(told.get().remedy().isBlank(), problems::toString);
  }
}
