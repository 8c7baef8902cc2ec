package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountNamespaces;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Layers on mounts of another mount namespace, such as that of a rootless view, which are seen
 * below {@code /proc}: the kernel makes layers of mounts of the mounter's own namespace only.
 * Source: clone_private_mount in the kernel's fs/namespace.c.
 */
public final class LayerNamespace {
  private LayerNamespace() {}

  /**
   * Adds a problem for each layer of another namespace.
   *
   * @param spec what this process is to mount
   * @param problems added to
   */
  public static void checkLayers(OverlaySpec spec, List<Problem> problems) {
    // That a layer is not there is told by others.
    try (SpecLayers layers = SpecLayers.open(spec, new ArrayList<>())) {
      for (OpenedLayer layer : layers.allLayers()) {
        otherNamespace(layer).ifPresent(pid -> problems.add(namespaceProblem(layer, pid)));
      }
    }
  }

  /** A process of the namespace that a layer's mount belongs to, if it is another. */
  private static Optional<String> otherNamespace(OpenedLayer layer) {
    try {
      if (MountTable.findMount(layer.id()).isPresent()) {
        return Optional.empty();
      }
      long mount = FileId.withTableId(layer.handle()).mountId();
      return MountNamespaces.representativePids().stream()
          .filter(pid -> MountNamespaces.tableOf(pid).stream().anyMatch(m -> m.id() == mount))
          .findFirst()
          .filter(pid -> !pid.equals("self"));
    } catch (IOException e) {
      // Whoever opens it next meets the same error.
      return Optional.empty();
    }
  }

  private static Problem namespaceProblem(OpenedLayer layer, String pid) {
    return Problem.of(
        ProblemCode.LAYER_OF_OTHER_NAMESPACE,
        layer.path(),
        "The "
            + layer.role()
            + " is on a mount of another mount namespace, that of process "
            + pid
            + ", as a view without root's rights is. The kernel takes layers of one's own only.",
        "Mount with the backend that has mounted that view, or name the layers of that view.");
  }
}
