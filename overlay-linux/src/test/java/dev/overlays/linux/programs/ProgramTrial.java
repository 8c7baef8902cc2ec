package dev.overlays.linux.programs;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.testkit.tree.TreeSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tries one program in one kind of view: uses it, mounts again, verifies, merges, and verifies the
 * lower.
 */
final class ProgramTrial {
  private final TriedProgram tried;
  private final ViewKind kind;
  private final Path base;
  private final Path lower;

  /** Prepares a trial in a new directory. */
  ProgramTrial(TriedProgram tried, ViewKind kind, Path base) throws IOException {
    this.tried = tried;
    this.kind = kind;
    this.base = base;
    this.lower = Files.createDirectories(base.resolve("lower"));
  }

  /**
   * The result of a trial.
   *
   * @param outcome the outcome
   * @param why the error, or the paths written elsewhere
   */
  record TrialResult(ProgramOutcome outcome, String why) {}

  /**
   * Tries it.
   *
   * @param host the tree in which nothing may change
   */
  TrialResult runTrial(Path host) throws Exception {
    tried.program().prepare(lower);
    TreeSnapshot fixture = TreeSnapshot.of(lower);
    HostTree before = HostTree.of(host);
    TrialResult result = runIn(fixture);
    List<String> elsewhere = before.changedPaths(HostTree.of(host));
    if (!elsewhere.isEmpty()) {
      return new TrialResult(ProgramOutcome.WRITES_ELSEWHERE, result + " " + elsewhere);
    }
    return result;
  }

  private TrialResult runIn(TreeSnapshot fixture) throws IOException {
    try {
      inView(makeSpec(kind.isEphemeral()), this::useAndKeep);
    } catch (Exception | AssertionError | LinkageError e) {
      return findLeak(fixture).orElse(new TrialResult(ProgramOutcome.FAILS_LOUDLY, e.toString()));
    }
    Optional<TrialResult> leak = findLeak(fixture);
    if (leak.isPresent()) {
      return leak.get();
    }
    try {
      // The merge needs the spec that the view was really mounted with.
      OverlaySpec mounted = inView(makeSpec(false), tried.program()::verifyIn);
      OverlayMerge.of(mounted).run();
      tried.program().verify(lower);
      return new TrialResult(ProgramOutcome.WORKS_IN_VIEW, "");
    } catch (Exception | AssertionError | LinkageError e) {
      return new TrialResult(ProgramOutcome.LOSES_DATA, stackTraceOf(e));
    }
  }

  /** Includes the stack trace, since the cause is hard to guess after a silent use. */
  private static String stackTraceOf(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  private void useAndKeep(OverlayMount view) throws Exception {
    tried.program().useIn(view);
    if (kind.isEphemeral()) {
      view.keepTo(upper());
    }
  }

  /** What was written beside the upper. */
  private Optional<TrialResult> findLeak(TreeSnapshot fixture) throws IOException {
    List<String> changes = new ArrayList<>(fixture.differencesTo(fixture.takeAgain()));
    Path mountPoint = base.resolve("instance/mnts");
    if (Files.exists(mountPoint)) {
      try (Stream<Path> entries = Files.list(mountPoint)) {
        entries.forEach(entry -> changes.add(entry.toString()));
      }
    }
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of(new TrialResult(ProgramOutcome.WRITES_ELSEWHERE, changes.toString()));
  }

  private OverlaySpec inView(OverlaySpec spec, ViewUse use) throws Exception {
    OverlayMount view = Overlays.mount(spec, kind.backend());
    try {
      use.useView(view);
    } catch (Exception | Error e) {
      // A failed program may have left files open.
      view.close(UnmountOptions.lazily());
      throw e;
    }
    OverlaySpec mounted = view.spec();
    view.close();
    return mounted;
  }

  private OverlaySpec makeSpec(boolean ephemeral) throws IOException {
    OverlaySpec.Builder spec = OverlaySpec.builder().lower(lower);
    if (ephemeral) {
      spec.ephemeral();
    } else if (kind.hasMountPoint()) {
      spec.instance(instance());
    } else {
      spec.upper(Files.createDirectories(upper())).work(Files.createDirectories(work()));
    }
    return kind.applyTo(spec).build();
  }

  private Path instance() throws IOException {
    return Files.createDirectories(base.resolve("instance"));
  }

  private Path upper() throws IOException {
    return instance().resolve("upper");
  }

  private Path work() throws IOException {
    return instance().resolve("work");
  }

  @FunctionalInterface
  private interface ViewUse {
    void useView(OverlayMount view) throws Exception;
  }
}
