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

/** One program in one kind of view: used, mounted again, verified, merged, verified below. */
final class ProgramTrial {
  private final TriedProgram tried;
  private final ViewKind kind;
  private final Path base;
  private final Path lower;

  /** Begins, in a new directory. */
  ProgramTrial(TriedProgram tried, ViewKind kind, Path base) throws IOException {
    this.tried = tried;
    this.kind = kind;
    this.base = base;
    this.lower = Files.createDirectories(base.resolve("lower"));
  }

  /**
   * What has come of a trial.
   *
   * @param outcome which of four
   * @param why what was said, or written elsewhere
   */
  record Result(Outcome outcome, String why) {}

  /**
   * Tries it.
   *
   * @param host the tree in which nothing may change
   */
  Result run(Path host) throws Exception {
    tried.program().prepare(lower);
    TreeSnapshot fixture = TreeSnapshot.of(lower);
    HostTree before = HostTree.of(host);
    Result result = runIn(fixture);
    List<String> elsewhere = before.changes(HostTree.of(host));
    if (!elsewhere.isEmpty()) {
      return new Result(Outcome.ELSEWHERE, result + " " + elsewhere);
    }
    return result;
  }

  private Result runIn(TreeSnapshot fixture) throws IOException {
    try {
      inView(spec(kind.isEphemeral()), this::useAndKeep);
    } catch (Exception | AssertionError | LinkageError e) {
      return leak(fixture).orElse(new Result(Outcome.FAILS, e.toString()));
    }
    Optional<Result> leak = leak(fixture);
    if (leak.isPresent()) {
      return leak.get();
    }
    try {
      // It says what the view was mounted with, as the merge must know it.
      OverlaySpec mounted = inView(spec(false), tried.program()::verifyIn);
      OverlayMerge.of(mounted).run();
      tried.program().verify(lower);
      return new Result(Outcome.WORKS, "");
    } catch (Exception | AssertionError | LinkageError e) {
      return new Result(Outcome.LOSES, told(e));
    }
  }

  /** With where it happened: after a silent use nobody would guess. */
  private static String told(Throwable e) {
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
  private Optional<Result> leak(TreeSnapshot fixture) throws IOException {
    List<String> changes = new ArrayList<>(fixture.diff(fixture.again()));
    Path mountPoint = base.resolve("instance/mnts");
    if (Files.exists(mountPoint)) {
      try (Stream<Path> entries = Files.list(mountPoint)) {
        entries.forEach(entry -> changes.add(entry.toString()));
      }
    }
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of(new Result(Outcome.ELSEWHERE, changes.toString()));
  }

  private OverlaySpec inView(OverlaySpec spec, ViewUse use) throws Exception {
    OverlayMount view = Overlays.mount(spec, kind.backend());
    try {
      use.accept(view);
    } catch (Exception | Error e) {
      // Whoever has failed may have left something open.
      view.close(UnmountOptions.lazily());
      throw e;
    }
    OverlaySpec mounted = view.spec();
    view.close();
    return mounted;
  }

  private OverlaySpec spec(boolean ephemeral) throws IOException {
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
    void accept(OverlayMount view) throws Exception;
  }
}
