package dev.overlays.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests which backend is chosen, and the reasons given for the others. */
class ViewBackendTest {
  private static final StubBackend NO_KERNEL =
      StubBackend.usableBackend("kernel").asUnavailable(ProblemCode.PRIVILEGE_MISSING, "No right.");

  private static List<Problem> marksOfUsers(OverlaySpec spec) {
    return spec.options().userXattr()
        ? List.of()
        : List.of(Problem.of(ProblemCode.USERXATTR_REQUIRED, "Marks are users'.", "Add it."));
  }

  private static final StubBackend ROOTLESS =
      StubBackend.usableBackend("rootless")
          .withDeclines(spec -> marksOfUsers(spec).stream().findFirst());

  private static final StubBackend FUSE = StubBackend.usableBackend("fuse-overlayfs");

  private static ViewBackend choose(
      OverlayOptions options, boolean nioOnly, OverlayBackend... backends) {
    OverlaySpec spec =
        new ViewRequest("", nioOnly, options).specFor(Path.of("lower"), Path.of("view"));
    return ViewBackend.chooseAmong(List.of(backends), spec, nioOnly);
  }

  private static ViewBackend choose(boolean nioOnly, OverlayBackend... backends) {
    return choose(ViewRequest.DEFAULT.options(), nioOnly, backends);
  }

  private static Optional<String> chosenName(ViewBackend choice) {
    return choice.backend().map(OverlayBackend::name);
  }

  @Test
  void theKernelComesFirst() {
    StubBackend kernel = StubBackend.usableBackend("kernel");
    assertEquals(Optional.of("kernel"), chosenName(choose(true, kernel, ROOTLESS, FUSE)));
  }

  @Test
  void aRealPathComesBeforeNone() {
    assertEquals(
        Optional.of("fuse-overlayfs"), chosenName(choose(true, NO_KERNEL, ROOTLESS, FUSE)));
  }

  @Test
  void rootlessIsForTestsThatNeedNoRealPath() {
    StubBackend noFuse = FUSE.asUnavailable(ProblemCode.DEVICE_NOT_ACCESSIBLE, "No device.");
    ViewBackend choice = choose(true, NO_KERNEL, ROOTLESS, noFuse);
    assertEquals(Optional.of("rootless"), chosenName(choice));
    assertTrue(choice.options().userXattr());
  }

  @Test
  void whatWouldAvoidACopyIsSaidOfEachBackend() {
    StubBackend noFuse = FUSE.asUnavailable(ProblemCode.DEVICE_NOT_ACCESSIBLE, "No device.");
    ViewBackend choice = choose(false, NO_KERNEL, ROOTLESS, noFuse);
    assertEquals(Optional.empty(), chosenName(choice));
    assertEquals(
        List.of(
            "kernel: privilege-missing: No right. Do it.",
            "fuse-overlayfs: device-not-accessible: No device. Do it."),
        choice.refusals().subList(0, 2));
    String rootless = choice.refusals().get(2);
    assertTrue(rootless.startsWith("rootless: "), rootless);
    assertTrue(rootless.contains("@WithOverlay(nioOnly = true)"), rootless);
    assertTrue(
        rootless.contains("unshare --user --map-current-user --keep-caps --mount java"), rootless);
  }

  @Test
  void whatIsMissingForRootlessIsSaidRatherThanHowToAskForIt() {
    StubBackend none =
        ROOTLESS.asUnavailable(ProblemCode.USER_NAMESPACES_FORBIDDEN, "No namespaces.");
    assertEquals(
        List.of("rootless: user-namespaces-forbidden: No namespaces. Do it."),
        choose(false, none).refusals());
  }

  @Test
  void marksOfUsersAreAskedForWhereTheKernelNeedsThem() {
    StubBackend kernel =
        StubBackend.usableBackend("kernel").withCheck(ViewBackendTest::marksOfUsers);
    ViewBackend choice = choose(false, kernel);
    assertEquals(Optional.of("kernel"), chosenName(choice));
    assertEquals(ViewRequest.DEFAULT.options().withUserXattr(true), choice.options());
    assertFalse(choose(false, StubBackend.usableBackend("kernel")).options().userXattr());
  }

  @Test
  void syncingIsDoneWhereItCannotBeLeftOut() {
    StubBackend syncing = FUSE.withCheck(spec -> unknownOptions(spec.options().volatileUpper()));
    ViewBackend choice = choose(false, syncing);
    assertEquals(Optional.of("fuse-overlayfs"), chosenName(choice));
    assertFalse(choice.options().volatileUpper());
  }

  private static List<Problem> unknownOptions(boolean asked) {
    return asked
        ? List.of(Problem.of(ProblemCode.OPTION_UNSUPPORTED, "Not known.", "Leave it out."))
        : List.of();
  }

  @Test
  void whoDoesNotKnowAnOptionIsPassedOver() {
    OverlayOptions redirects =
        ViewRequest.DEFAULT.options().withRedirectDir(RedirectDir.ON).withIndex(true);
    StubBackend noIndex = FUSE.withCheck(spec -> unknownOptions(spec.options().index()));
    ViewBackend choice = choose(redirects, false, noIndex, StubBackend.usableBackend("other"));
    assertEquals(Optional.of("other"), chosenName(choice));
    assertEquals(
        List.of("fuse-overlayfs: option-unsupported: Not known. Leave it out."), choice.refusals());
    assertEquals(redirects, choice.options());
  }

  @Test
  void whatMarksOfUsersExcludeIsNotLeftOut() {
    OverlayOptions redirects = ViewRequest.DEFAULT.options().withRedirectDir(RedirectDir.ON);
    ViewBackend choice = choose(redirects, true, ROOTLESS);
    assertEquals(Optional.empty(), chosenName(choice));
    String refusal = choice.refusals().get(0);
    assertTrue(refusal.startsWith("rootless: Marks are users'. But option-conflict: "), refusal);
    assertTrue(refusal.contains("redirect_dir"), refusal);
  }

  @Test
  void aBackendThatFailsWhenAskedIsPassedOver() {
    StubBackend broken =
        StubBackend.usableBackend("broken")
            .withDeclines(
                spec -> {
                  throw new IllegalStateException("no answer");
                });
    ViewBackend choice = choose(false, broken, FUSE);
    assertEquals(Optional.of("fuse-overlayfs"), chosenName(choice));
    assertTrue(choice.refusals().get(0).contains("no answer"), choice.refusals().toString());
  }
}
