package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.preflight.Layer.Role;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers that are the same directory, or lie one inside the other, by whatever paths. What a bind
 * mount hides from this is left to the kernel, which says ELOOP.
 */
final class LayerOverlaps {
  private static final String PARENT = "..";

  private record Identity(long device, long inode) {
    static Identity of(FileId id) {
      return new Identity(id.device(), id.inode());
    }
  }

  private LayerOverlaps() {}

  static void check(List<Layer> layers, List<Problem> problems) {
    Map<Identity, Layer> seen = new HashMap<>();
    for (Layer layer : layers) {
      Layer other = seen.putIfAbsent(Identity.of(layer.id()), layer);
      if (other != null) {
        problems.add(
            Problem.of(
                ProblemCode.LAYER_REPEATED,
                layer.path(),
                "The "
                    + layer.role()
                    + " is the same directory as the "
                    + other.role()
                    + " "
                    + other.path()
                    + ".",
                "Use every directory once: each lower, the upper and the work directory must be"
                    + " different ones."));
      }
    }
    for (Layer layer : layers) {
      Layer outer = around(layer, seen);
      if (outer != null) {
        problems.add(nested(layer, outer));
      }
    }
  }

  /** Whether a layer is one of others, lies in one of them, or has one of them in it. */
  static boolean anyShares(Layer layer, List<Layer> others) {
    Map<Identity, Layer> known = new HashMap<>();
    others.forEach(other -> known.put(Identity.of(other.id()), other));
    Identity own = Identity.of(layer.id());
    if (known.containsKey(own) || around(layer, known) != null) {
      return true;
    }
    Map<Identity, Layer> self = Map.of(own, layer);
    return others.stream().anyMatch(other -> around(other, self) != null);
  }

  /** Whether an upper or its work directory lies in a lower. Quick where they lie side by side. */
  static boolean anyInside(Descriptor upper, Descriptor work, List<Descriptor> lowers)
      throws SyscallException {
    Map<Identity, Layer> known = new HashMap<>();
    for (Descriptor lower : lowers) {
      Layer layer = layer(Role.LOWER, lower);
      known.put(Identity.of(layer.id()), layer);
    }
    boolean sideBySide = above(upper, PARENT).sameFile(above(work, PARENT));
    return around(layer(Role.UPPER, upper), known) != null
        || (!sideBySide && around(layer(Role.WORK, work), known) != null);
  }

  private static Layer layer(Role role, Descriptor directory) throws SyscallException {
    return new Layer(role, Path.of("."), directory, FileId.of(directory));
  }

  private static Problem nested(Layer inner, Layer outer) {
    boolean lower = isLower(inner.role()) || isLower(outer.role());
    return Problem.of(
        lower ? ProblemCode.LAYER_NESTED : ProblemCode.UPPER_WORK_NESTED,
        inner.path(),
        "The " + inner.role() + " lies inside the " + outer.role() + " " + outer.path() + ".",
        lower
            ? "Put the layers side by side, none inside another."
            : "Put the upper and the work directory side by side.");
  }

  private static boolean isLower(Role role) {
    return role == Role.LOWER || role == Role.DATA_LOWER;
  }

  /** The layer that another lies in, going up as long as the file system stays the same. */
  private static Layer around(Layer layer, Map<Identity, Layer> layers) {
    FileId id = layer.id();
    StringBuilder up = new StringBuilder(PARENT);
    try {
      while (true) {
        FileId parent = above(layer.handle(), up.toString());
        if (parent.sameFile(id) || parent.device() != id.device()) {
          return null;
        }
        Layer outer = layers.get(Identity.of(parent));
        if (outer != null && !outer.id().sameFile(layer.id())) {
          return outer;
        }
        id = parent;
        up.append('/').append(PARENT);
      }
    } catch (SyscallException e) {
      // What cannot be gone up cannot be told; the kernel looks at it itself.
      return null;
    }
  }

  private static FileId above(Descriptor directory, String up) throws SyscallException {
    return FileId.at(directory, up.getBytes(StandardCharsets.US_ASCII));
  }
}
