package dev.overlays.testkit.memory;

import dev.overlays.Ephemeral;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.Verity;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds everything that prevents a view, with the texts of the kernel backend. */
final class SpecCheck {
  private final OverlaySpec spec;
  private final List<Problem> problems = new ArrayList<>();

  private SpecCheck(OverlaySpec spec) {
    this.spec = spec;
  }

  static List<Problem> findProblems(OverlaySpec spec) {
    SpecCheck check = new SpecCheck(spec);
    new InMemoryMountPointCheck(spec, check.problems).checkPlaces();
    List<LayerPath> layers = LayerPath.findLayers(spec, check.problems);
    LayerPath.checkOverlaps(layers, check.problems);
    check.checkOptions();
    check.checkMounting();
    check.checkEphemeral();
    check.checkUse();
    return check.problems;
  }

  private void checkOptions() {
    OverlayOptions options = spec.options();
    if (spec.hasUpper() && options.index()) {
      addUnsupported("index");
    }
    if (options.nfsExport()) {
      addUnsupported("nfs_export");
    }
    if (options.verity() != Verity.OFF) {
      addUnsupported("verity");
    }
    if (options.metacopy() && options.redirectDir() == RedirectDir.OFF) {
      addUnsupported("metacopy and redirect_dir=off");
    }
    if (!spec.dataLowers().isEmpty() && !options.metacopy()) {
      addUnsupported("data-only lowers without metacopy");
    }
    for (MountAttribute attribute : spec.attributes()) {
      if (attribute != MountAttribute.READ_ONLY) {
        addUnsupported(attribute.kernelName());
      }
    }
  }

  /** Nothing is mounted, so there is no propagation, and owners are not mapped. */
  private void checkMounting() {
    if (spec.propagation() != Propagation.PRIVATE) {
      addUnsupported("propagation " + spec.propagation().kernelName());
    }
    if (!spec.idMappings().isEmpty()) {
      addUnsupported("other owners of a lower");
    }
  }

  private void addUnsupported(String option) {
    problems.add(
        Problem.of(
            ProblemCode.OPTION_UNSUPPORTED,
            "A view in memory cannot be mounted with " + option + ".",
            "Leave it out, or mount with the kernel's overlay."));
  }

  private void checkEphemeral() {
    if (spec.ephemeral().orElse(null) instanceof Ephemeral.Directory directory
        && !Files.isDirectory(directory.parent())) {
      problems.add(
          Problem.of(
              ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
              directory.parent(),
              "The directory for the ephemeral upper does not exist.",
              "Create it, or leave the upper to memory."));
    }
  }

  /** Checks whether the layers are in use, if all of them exist. */
  private void checkUse() {
    Path place = spec.upper().orElse(spec.lowers().get(0));
    boolean there =
        Files.isDirectory(place) && spec.work().filter(Files::exists).equals(spec.work());
    if (!problems.isEmpty() || !there) {
      return;
    }
    try {
      LayerStore.of(place).hold(spec).close();
    } catch (OverlayException e) {
      problems.addAll(e.problems());
    } catch (IOException e) {
      problems.add(
          Problem.of(
              ProblemCode.LAYER_LOCKED,
              place,
              "Who uses the layers cannot be determined: " + e + ".",
              "Look at the cause."));
    }
  }
}
