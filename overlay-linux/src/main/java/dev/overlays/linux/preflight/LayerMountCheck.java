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
 * Finds layers on mounts of another mount namespace, such as that of a rootless view, which are
 * reachable below {@code /proc}: the kernel accepts only layers on mounts of the mounter's own
 * namespace. Source: clone_private_mount in the kernel's fs/namespace.c.
 */
public final class LayerMountCheck {
  private LayerMountCheck() {}

  /**
   * Adds a problem for each layer in another namespace.
   *
   * @param spec what this process is going to mount
   * @param problems added to
   */
  public static void checkLayers(OverlaySpec spec, List<Problem> problems) {
    // Another check reports missing layers.
    try (SpecLayers layers = SpecLayers.open(spec, new ArrayList<>())) {
      for (OpenedLayer layer : layers.allLayers()) {
        otherNamespace(layer).ifPresent(pid -> problems.add(namespaceProblem(layer, pid)));
      }
    }
  }

  /**
   * Returns a process of the namespace to which a layer's mount belongs, if that is another one.
   */
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
      // The next call that opens it reports the same error.
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
            + ", such as that of a rootless view. The kernel accepts only layers in the"
            + " mounter's namespace.",
        "Mount with the backend that has mounted that view, or name the layers of that view.");
  }
}
