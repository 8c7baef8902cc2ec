package dev.overlays.testkit.memory;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The in-memory backend with one defect in how it treats ephemeral and mounted views. */
final class BrokenViewsBackend implements OverlayBackend {
  private final OverlayBackend good = new InMemoryBackend();
  private final ViewDefect defect;

  BrokenViewsBackend(ViewDefect defect) {
    this.defect = defect;
  }

  /** The defects, each with the promises that it breaks. */
  enum ViewDefect {
    LEAVES_THE_UPPER("13.1", "13.3"),
    HAS_NO_LIMIT("13.2"),
    KEEPS_NOTHING("13.3", "13.4"),
    KEEPS_OVER_OTHERS("13.4"),
    FORGETS_AFTER_A_REFUSAL("13.4"),
    KEEPS_ANY_VIEW("13.5"),
    SHOWS_PRIVATE_PATHS("13.6"),
    HIDES_THE_UPPER("13.7"),
    REMOUNTS_NOTHING("14.1", "14.2", "14.3"),
    STAYS_READ_ONLY("14.1", "14.2"),
    LISTS_NO_PRIVATE_VIEWS("7.10", "13.1"),
    NAMES_NOBODY("8.6"),
    NAMES_THE_DEAD("8.6");

    private final String brokenPromises;

    ViewDefect(String... broken) {
      this.brokenPromises = String.join(" ", broken);
    }

    List<String> brokenPromises() {
      return List.of(brokenPromises.split(" ", -1));
    }
  }

  @Override
  public String name() {
    return good.name();
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
    return good.whyDeclined(spec);
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    return good.check(spec);
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return new BrokenView(good.mount(specWithDefect(spec)), spec);
  }

  private OverlaySpec specWithDefect(OverlaySpec spec) {
    if (spec.ephemeral().isEmpty()) {
      return spec;
    }
    OverlaySpec.Builder builder = spec.toBuilder();
    if (defect == ViewDefect.HAS_NO_LIMIT) {
      builder.ephemeral(Ephemeral.inMemory());
    }
    if (defect == ViewDefect.SHOWS_PRIVATE_PATHS) {
      builder =
          OverlaySpec.builder()
              .lowers(spec.lowers())
              .options(spec.options())
              .ephemeral(spec.ephemeral().get());
    }
    return builder.build();
  }

  @Override
  public List<OverlayMount> mounted() throws OverlayException {
    boolean all = defect != ViewDefect.LISTS_NO_PRIVATE_VIEWS;
    return good.mounted().stream()
        .filter(mount -> all || mount.spec().mountPoint().isPresent())
        .toList();
  }

  private final class BrokenView implements OverlayMount {
    private final OverlayMount view;
    private final OverlaySpec spec;
    private final Set<Problem> seen = new LinkedHashSet<>();

    private BrokenView(OverlayMount view, OverlaySpec spec) {
      this.view = view;
      this.spec = spec;
    }

    @Override
    public Path root() {
      return view.root();
    }

    @Override
    public OverlaySpec spec() {
      return spec;
    }

    @Override
    public OverlaySpec specWithUpper() {
      return defect == ViewDefect.HIDES_THE_UPPER ? spec : view.specWithUpper();
    }

    @Override
    public String backend() {
      return view.backend();
    }

    @Override
    public boolean isMounted() {
      return view.isMounted();
    }

    @Override
    public List<Problem> holders() {
      if (defect == ViewDefect.NAMES_THE_DEAD) {
        seen.addAll(view.holders());
        return List.copyOf(seen);
      }
      return defect == ViewDefect.NAMES_NOBODY ? List.of() : view.holders();
    }

    @Override
    public void close(UnmountOptions options) throws OverlayException {
      view.close(options);
      if (defect == ViewDefect.LEAVES_THE_UPPER
          && spec.ephemeral().orElse(null) instanceof Ephemeral.Directory place) {
        createDirectory(place.parent().resolve("left"));
      }
    }

    @Override
    public void remount(boolean readOnly) throws OverlayException {
      boolean nothing =
          defect == ViewDefect.REMOUNTS_NOTHING
              || (defect == ViewDefect.STAYS_READ_ONLY && !readOnly);
      if (!nothing) {
        view.remount(readOnly);
      }
    }

    @Override
    public void keepTo(Path upper) throws OverlayException {
      switch (defect) {
        case KEEPS_NOTHING -> {
          view.close();
          createDirectory(upper);
        }
        case KEEPS_OVER_OTHERS -> {
          if (!Files.exists(upper)) {
            view.keepTo(upper);
          }
        }
        case FORGETS_AFTER_A_REFUSAL -> {
          try {
            view.keepTo(upper);
          } catch (OverlayException e) {
            view.close();
            throw e;
          }
        }
        case KEEPS_ANY_VIEW -> {
          if (spec.ephemeral().isPresent()) {
            view.keepTo(upper);
          }
        }
        default -> view.keepTo(upper);
      }
    }

    private static void createDirectory(Path directory) {
      try {
        Files.createDirectories(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
