package dev.overlays.linux.boot;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.KernelOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The options of a boot entry for mount(8), the same in fstab and in a unit. Every option is
 * written for which a distribution may have another default, including the propagation, because
 * systemd makes all mounts shared. The last option is always a plain word, so that no reader takes
 * the end of a name for the end of the line.
 */
final class EntryOptions {
  /** mount(2) silently cuts longer data off. */
  private static final int MAX_DATA_BYTES = 4095;

  private EntryOptions() {}

  /**
   * Returns the options.
   *
   * @throws OverlayException with all reasons why they cannot be written
   */
  static List<String> of(OverlaySpec spec, Set<BootOption> boot, MountSupport program)
      throws OverlayException {
    List<Problem> problems = BootNameCheck.checkSpec(spec);
    if (problems.isEmpty()) {
      for (Path layer : layersOf(spec)) {
        BootNameCheck.checkLinkTargets(LinkedPlaces.placesBehind(layer), problems);
      }
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    List<String> options = new ArrayList<>(LayerOptions.of(spec, program, problems));
    KernelOptions.of(spec).forEach(option -> options.add(option.toString()));
    checkLength(spec.mountPoint().orElseThrow(), options, problems);
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    for (String path : spec.privatePaths()) {
      options.add(EntryDecoder.PRIVATE_PATH_OPTION + "=" + PrivatePathText.encodePath(path));
    }
    for (MountAttribute attribute : MountAttribute.values()) {
      if (attribute != MountAttribute.READ_ONLY && spec.attributes().contains(attribute)) {
        options.add(attribute.kernelName());
      }
    }
    for (BootOption option : BootOption.values()) {
      if (boot.contains(option)) {
        options.add(option.optionWord());
      }
    }
    options.add(spec.propagation().kernelName());
    return options;
  }

  /**
   * Returns the places whose mounts a view must wait for.
   *
   * @return the layers, then the places that their symbolic links lead to; a place whose name
   *     cannot be written is replaced by the nearest directory above it, which is on the same
   *     mount, or else the view is refused
   */
  static List<Path> placesToWaitFor(OverlaySpec spec) {
    List<Path> places = new ArrayList<>(layersOf(spec));
    for (Path layer : layersOf(spec)) {
      for (Path linked : LinkedPlaces.placesBehind(layer)) {
        Path place = BootNameCheck.nearestReadablePath(linked);
        if (places.stream().noneMatch(other -> other.startsWith(place))) {
          places.add(place);
        }
      }
    }
    return places;
  }

  /** The layers of a view, which must be mounted before it. */
  static List<Path> layersOf(OverlaySpec spec) {
    List<Path> layers = new ArrayList<>(spec.lowers());
    layers.addAll(spec.dataLowers());
    spec.upper().ifPresent(layers::add);
    spec.work().ifPresent(layers::add);
    return layers;
  }

  private static void checkLength(Path mountPoint, List<String> options, List<Problem> problems) {
    if (String.join(",", options).length() > MAX_DATA_BYTES) {
      problems.add(
          Problem.of(
              ProblemCode.BOOT_ENTRY_TOO_LONG,
              mountPoint,
              "The options have more than 4095 bytes; mount(2) would cut them off, and other"
                  + " directories might be mounted.",
              "Use fewer lowers, or name them by shorter paths."));
    }
  }
}
