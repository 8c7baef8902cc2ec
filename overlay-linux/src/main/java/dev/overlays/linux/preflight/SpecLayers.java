package dev.overlays.linux.preflight;

import dev.overlays.Ephemeral;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The layers of a spec that could be opened. */
final class SpecLayers implements AutoCloseable {
  private final MarkNamespace marks;
  private final List<Problem> problems;
  private final List<OpenedLayer> all = new ArrayList<>();
  private Optional<OpenedLayer> place = Optional.empty();

  private SpecLayers(OverlaySpec spec, List<Problem> problems) {
    this.marks = MarkNamespace.of(spec.options());
    this.problems = problems;
  }

  /** Opens the existing layers, and adds a problem for each one that is missing but required. */
  static SpecLayers open(OverlaySpec spec, List<Problem> problems) {
    SpecLayers layers = new SpecLayers(spec, problems);
    spec.lowers().forEach(path -> layers.addLayer(LayerRole.LOWER, path, false));
    spec.dataLowers().forEach(path -> layers.addLayer(LayerRole.DATA_LOWER, path, false));
    boolean created = spec.instance().isPresent();
    spec.upper().ifPresent(path -> layers.addLayer(LayerRole.UPPER, path, created));
    spec.work().ifPresent(path -> layers.addLayer(LayerRole.WORK, path, created));
    if (created) {
      layers.openPlace(spec.instance().get());
    }
    if (spec.ephemeral().orElse(null) instanceof Ephemeral.Directory directory) {
      layers.openEphemeralPlace(directory.parent());
    }
    return layers;
  }

  /** Opens the layers for a change outside of any view: only a work directory may be missing. */
  static SpecLayers openForChange(OverlaySpec spec, List<Problem> problems) {
    SpecLayers layers = new SpecLayers(spec, problems);
    spec.lowers().forEach(path -> layers.addLayer(LayerRole.LOWER, path, false));
    spec.dataLowers().forEach(path -> layers.addLayer(LayerRole.DATA_LOWER, path, false));
    spec.upper().ifPresent(path -> layers.addLayer(LayerRole.UPPER, path, false));
    spec.work().ifPresent(path -> layers.addLayer(LayerRole.WORK, path, true));
    return layers;
  }

  List<OpenedLayer> allLayers() {
    return all;
  }

  /** Returns the layers that hold the data of metacopy files. */
  List<OpenedLayer> dataSources() {
    List<OpenedLayer> dataLowers =
        all.stream().filter(l -> l.role() == LayerRole.DATA_LOWER).toList();
    return dataLowers.isEmpty()
        ? all.stream().filter(l -> l.role() == LayerRole.LOWER).toList()
        : dataLowers;
  }

  MarkNamespace markNamespace() {
    return marks;
  }

  Optional<OpenedLayer> findLayer(LayerRole role) {
    return all.stream().filter(layer -> layer.role() == role).findFirst();
  }

  /** Returns the upper or, if it is going to be created, the directory for it. */
  Optional<OpenedLayer> upperPlace() {
    Optional<OpenedLayer> upper = findLayer(LayerRole.UPPER);
    return upper.isPresent() ? upper : place;
  }

  private void addLayer(LayerRole role, Path path, boolean mayBeMissing) {
    try {
      all.add(openLayer(role, path));
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT || !mayBeMissing) {
        problems.add(openProblem(role, path, e));
      }
    }
  }

  /** Opens the instance's directory or, if it does not exist yet, its parent. */
  private void openPlace(Path instance) {
    try {
      place = Optional.of(openLayer(LayerRole.PLACE, instance));
    } catch (SyscallException e) {
      Path parent = instance.toAbsolutePath().getParent();
      if (e.errno() != Errno.ENOENT || parent == null) {
        problems.add(openProblem(LayerRole.PLACE, instance, e));
        return;
      }
      try {
        place = Optional.of(openLayer(LayerRole.PLACE, parent));
      } catch (SyscallException f) {
        problems.add(
            Problem.of(
                ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
                parent,
                "The directory that should hold the instance cannot be opened: "
                    + f.errno().text()
                    + ".",
                "Create it, or mount the disk that it is on: only the instance's own directory is"
                    + " created when mounting."));
      }
    }
  }

  private void openEphemeralPlace(Path parent) {
    try {
      place = Optional.of(openLayer(LayerRole.EPHEMERAL_PLACE, parent));
    } catch (SyscallException e) {
      problems.add(
          Problem.of(
              ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
              parent,
              "The " + LayerRole.EPHEMERAL_PLACE + " cannot be opened: " + e.errno().text() + ".",
              "Name a directory that this process may write to, or keep the upper in memory."));
    }
  }

  private static OpenedLayer openLayer(LayerRole role, Path path) throws SyscallException {
    Descriptor handle = Descriptor.open(path, OpenFlags.RDONLY | OpenFlags.DIRECTORY);
    try {
      return new OpenedLayer(role, path, handle, FileId.of(handle));
    } catch (SyscallException e) {
      handle.close();
      throw e;
    }
  }

  private static Problem openProblem(LayerRole role, Path path, SyscallException e) {
    return switch (e.errno()) {
      case ENOENT ->
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              path,
              "The " + role + " does not exist.",
              "Create it, mount the disk that it is on, or correct the path.");
      case ENOTDIR ->
          Problem.of(
              ProblemCode.LAYER_NOT_DIRECTORY,
              path,
              "The " + role + " or something above it is not a directory.",
              "Name a directory.");
      default ->
          Problem.of(
              ProblemCode.LAYER_NOT_ACCESSIBLE,
              path,
              "The " + role + " cannot be opened: " + e.errno().text() + ".",
              "Let this process read it, and search it and everything above it.");
    };
  }

  @Override
  public void close() {
    all.forEach(layer -> layer.handle().close());
    place.ifPresent(layer -> layer.handle().close());
  }
}
