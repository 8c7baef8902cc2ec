package dev.overlays.testkit.copying;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The copying backend with one defect. */
final class BrokenBackend implements OverlayBackend {
  private final OverlayBackend good = new CopyBackend();
  private final BackendDefect defect;

  BrokenBackend(BackendDefect defect) {
    this.defect = defect;
  }

  @Override
  public String name() {
    return defect == BackendDefect.SHOUTS_ITS_NAME ? "COPY" : good.name();
  }

  @Override
  public int priority() {
    return good.priority();
  }

  @Override
  public Optional<Problem> whyUnavailable() {
    return good.whyUnavailable();
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    Optional<Problem> declined = good.whyDeclined(spec);
    return declined.isEmpty() && defect == BackendDefect.DECLINES_WHAT_IS_WRONG
        ? good.check(spec).stream().findFirst()
        : declined;
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    switch (defect) {
      case CHECKS_NOTHING -> {
        return List.of();
      }
      case CHECKS_BY_MAKING_DIRECTORIES -> leaveLitter(spec);
      default -> {}
    }
    return problemsWithDefect(good.check(specWithDefect(spec)));
  }

  private List<Problem> problemsWithDefect(List<Problem> problems) {
    List<Problem> told = new ArrayList<>();
    for (Problem problem : problems) {
      told.add(
          new Problem(
              defect == BackendDefect.REFUSES_WITH_ANOTHER_CODE
                  ? ProblemCode.KERNEL_REFUSED
                  : problem.code(),
              problem.path(),
              problem.message(),
              defect == BackendDefect.REFUSES_WITHOUT_A_REMEDY ? "" : problem.remedy()));
    }
    return told;
  }

  private static void leaveLitter(OverlaySpec spec) {
    try {
      Path directory = spec.work().orElse(spec.lowers().get(0));
      Files.createDirectories(directory.resolve("litter"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what is mounted in place of a spec. */
  private OverlaySpec specWithDefect(OverlaySpec spec) {
    return switch (defect) {
      case DROPS_OPTIONS -> withoutOptions(spec);
      case DROPS_PRIVATE_PATHS -> bareSpec(spec, spec.options(), spec.lowers());
      case TURNS_LOWERS_ROUND -> {
        List<Path> lowers = new ArrayList<>(spec.lowers());
        Collections.reverse(lowers);
        yield spec.toBuilder().lowers(lowers).build();
      }
      default -> spec;
    };
  }

  private static OverlaySpec withoutOptions(OverlaySpec spec) {
    return spec.upper().isEmpty()
        ? spec
        : bareSpec(spec, OverlayOptions.defaults().withUserXattr(true), spec.lowers());
  }

  /** Returns a spec with the same layers, without private paths and attributes. */
  private static OverlaySpec bareSpec(OverlaySpec spec, OverlayOptions options, List<Path> lowers) {
    OverlaySpec.Builder builder = OverlaySpec.builder().lowers(lowers).options(options);
    spec.upper().ifPresent(builder::upper);
    spec.work().ifPresent(builder::work);
    spec.mountPoint().ifPresent(builder::mountPoint);
    return builder.build();
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    try {
      CopyMount mount = (CopyMount) good.mount(specWithDefect(spec));
      if (defect == BackendDefect.LETS_MERGES_IN) {
        mount.layerHold().close();
      }
      return new BrokenMount(mount, spec, defect);
    } catch (OverlayException e) {
      if (defect == BackendDefect.LEAVES_LITTER) {
        leaveLitter(spec);
      }
      throw new OverlayException(problemsWithDefect(e.problems()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<OverlayMount> mounted() throws OverlayException {
    return defect == BackendDefect.LISTS_NOTHING ? List.of() : good.mounted();
  }
}
