package dev.overlays.cli;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name the layers of a view. */
final class ViewOptions {
  @Option(
      names = "--lower",
      paramLabel = "DIR",
      description = "A read-only layer. Repeatable, top-most first.")
  private List<Path> lowers = new ArrayList<>();

  @Option(
      names = "--instance",
      paramLabel = "DIR",
      description = "A directory that holds an upper, a work directory and a mount point (mnts).")
  private List<Path> instances = new ArrayList<>();

  @Option(
      names = "--upper",
      paramLabel = "DIR",
      description = "The writable layer, if it is in no such directory.")
  private Path upper;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Its work directory: by default \"work\" beside the upper.")
  private Path work;

  @Option(
      names = "--mounted",
      paramLabel = "DIR",
      description = "The mount point of a view that is mounted, instead of its layers.")
  private Path mounted;

  @Option(
      names = "--private-path",
      paramLabel = "PATH",
      description = "A path in the view that belongs to the instance alone. Repeatable.")
  private List<String> privatePaths = new ArrayList<>();

  @Mixin private MountOptions options;

  OverlayOptions readOptions() {
    return options.readOptions();
  }

  /** Returns the only view; throws IllegalArgumentException if none or several are named. */
  OverlaySpec readSpec() throws OverlayException {
    List<OverlaySpec> specs = readSpecs();
    if (specs.size() > 1) {
      throw new IllegalArgumentException("name one --instance, not " + specs.size());
    }
    return specs.get(0);
  }

  /** Returns the only layer that is named, if there is no view of it. */
  Optional<Path> readSingleLayer() {
    boolean single = lowers.size() == 1 && upper == null && instances.isEmpty() && mounted == null;
    return single ? Optional.of(lowers.get(0)) : Optional.empty();
  }

  /** Returns a view for each instance that is named. */
  List<OverlaySpec> readSpecs() throws OverlayException {
    if (mounted != null) {
      return List.of(findMounted());
    }
    if (lowers.isEmpty()) {
      throw new IllegalArgumentException(
          "name a --lower, or the mount point of a view (--mounted)");
    }
    if (upper != null && !instances.isEmpty()) {
      throw new IllegalArgumentException("name an --instance or an --upper, not both");
    }
    List<OverlaySpec> specs = new ArrayList<>();
    for (Path instance : instances) {
      specs.add(newBuilder().instance(instance).build());
    }
    if (instances.isEmpty()) {
      specs.add(specWithoutInstance());
    }
    return specs;
  }

  /** Returns the view of another instance over the same lowers. */
  OverlaySpec specOf(Path instance) {
    return newBuilder().instance(instance).build();
  }

  private OverlaySpec specWithoutInstance() {
    OverlaySpec.Builder builder = newBuilder();
    if (upper != null) {
      builder.upper(upper).work(work != null ? work : upper.resolveSibling("work"));
    }
    return builder.build();
  }

  private OverlaySpec.Builder newBuilder() {
    OverlaySpec.Builder builder =
        OverlaySpec.builder().lowers(lowers).options(options.readOptions());
    privatePaths.forEach(builder::privatePath);
    return builder;
  }

  private OverlaySpec findMounted() throws OverlayException {
    OverlayMount mount =
        Overlays.find(mounted)
            .orElseThrow(
                () ->
                    new OverlayException(
                        Problem.of(
                            ProblemCode.MOUNT_POINT_NOT_FOUND,
                            mounted,
                            "No view is mounted here that this process can see.",
                            "Name the layers with --lower and --instance.")));
    if (!mount.specProblems().isEmpty()) {
      throw new OverlayException(mount.specProblems());
    }
    OverlaySpec.Builder builder = mount.spec().toBuilder();
    privatePaths.forEach(builder::privatePath);
    return builder.build();
  }
}
