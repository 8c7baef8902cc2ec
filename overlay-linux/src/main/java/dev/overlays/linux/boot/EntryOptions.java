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
 * The options of a boot entry: what mount(8) is told, the same in fstab and in a unit. Everything
 * is said that a distribution may have other defaults for, the propagation too: systemd makes all
 * mounts shared. The last option is always a plain word, so no reader takes the end of a name for
 * the end of the line.
 */
final class EntryOptions {
  /** What the data of mount(2) is cut off at, without a word. */
  private static final int LONGEST_DATA = 4095;

  private EntryOptions() {}

  /**
   * Returns the options.
   *
   * @throws OverlayException with everything that keeps them from being written
   */
  static List<String> of(OverlaySpec spec, Set<BootOption> boot, MountProgram program)
      throws OverlayException {
    List<Problem> problems = BootNames.checkNames(spec);
    if (problems.isEmpty()) {
      for (Path layer : layersOf(spec)) {
        BootNames.checkLinked(LinkedPlaces.placesBehind(layer), problems);
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
      options.add(EntryDecoder.PRIVATE + "=" + PrivatePathText.encodePaths(path));
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
   * Returns the places whose mounts a view has to wait for.
   *
   * @return the layers, and behind them where symbolic links lead; no further than to a name that
   *     can be written, whose mount has what is below, or else the view is refused
   */
  static List<Path> placesOf(OverlaySpec spec) {
    List<Path> places = new ArrayList<>(layersOf(spec));
    for (Path layer : layersOf(spec)) {
      for (Path linked : LinkedPlaces.placesBehind(layer)) {
        Path place = BootNames.writablePath(linked);
        if (places.stream().noneMatch(other -> other.startsWith(place))) {
          places.add(place);
        }
      }
    }
    return places;
  }

  /** The layers of a view, each of which has to be mounted before it. */
  static List<Path> layersOf(OverlaySpec spec) {
    List<Path> layers = new ArrayList<>(spec.lowers());
    layers.addAll(spec.dataLowers());
    spec.upper().ifPresent(layers::add);
    spec.work().ifPresent(layers::add);
    return layers;
  }

  private static void checkLength(Path mountPoint, List<String> options, List<Problem> problems) {
    if (String.join(",", options).length() > LONGEST_DATA) {
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
