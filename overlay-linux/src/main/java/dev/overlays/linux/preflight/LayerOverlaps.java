package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers that are the same directory, or lie one inside the other, by whatever paths. What a bind
 * mount hides from this is left to the kernel, which says ELOOP.
 */
final class LayerOverlaps {
  private static final String PARENT = "..";

  private record DirectoryIdentity(long device, long inode) {
    static DirectoryIdentity of(FileId id) {
      return new DirectoryIdentity(id.device(), id.inode());
    }
  }

  private LayerOverlaps() {}

  static void checkOverlaps(List<OpenedLayer> layers, List<Problem> problems) {
    Map<DirectoryIdentity, OpenedLayer> seen = new HashMap<>();
    for (OpenedLayer layer : layers) {
      OpenedLayer other = seen.putIfAbsent(DirectoryIdentity.of(layer.id()), layer);
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
    for (OpenedLayer layer : layers) {
      OpenedLayer outer = layerAround(layer, seen);
      if (outer != null) {
        problems.add(nestedProblem(layer, outer));
      }
    }
  }

  /** An upper that is going to be made in a directory would lie in what that lies in. */
  static void checkPlace(OpenedLayer place, List<OpenedLayer> layers, List<Problem> problems) {
    Map<DirectoryIdentity, OpenedLayer> lowers = new HashMap<>();
    layers.stream()
        .filter(layer -> isLower(layer.role()))
        .forEach(lower -> lowers.put(DirectoryIdentity.of(lower.id()), lower));
    OpenedLayer same = lowers.get(DirectoryIdentity.of(place.id()));
    OpenedLayer outer = same != null ? same : layerAround(place, lowers);
    if (outer != null) {
      problems.add(
          Problem.of(
              ProblemCode.LAYER_NESTED,
              place.path(),
              "The upper would lie inside the "
                  + outer.role()
                  + " "
                  + outer.path()
                  + ", as the "
                  + place.role()
                  + " does.",
              "Put the instance beside the lower, not inside it."));
    }
  }

  /** Whether a layer is one of others, lies in one of them, or has one of them in it. */
  static boolean anyShares(OpenedLayer layer, List<OpenedLayer> others) {
    Map<DirectoryIdentity, OpenedLayer> known = new HashMap<>();
    others.forEach(other -> known.put(DirectoryIdentity.of(other.id()), other));
    DirectoryIdentity own = DirectoryIdentity.of(layer.id());
    if (known.containsKey(own) || layerAround(layer, known) != null) {
      return true;
    }
    Map<DirectoryIdentity, OpenedLayer> self = Map.of(own, layer);
    return others.stream().anyMatch(other -> layerAround(other, self) != null);
  }

  /** Whether an upper or its work directory lies in a lower. Quick where they lie side by side. */
  static boolean anyInside(OpenedLayer upper, OpenedLayer work, List<Descriptor> lowers)
      throws SyscallException {
    Map<DirectoryIdentity, OpenedLayer> known = new HashMap<>();
    for (Descriptor lower : lowers) {
      FileId id = FileId.of(lower);
      // Going up ends where the file system does, so only lowers of the same one can be met.
      if (id.device() == upper.id().device() || id.device() == work.id().device()) {
        known.put(
            DirectoryIdentity.of(id), new OpenedLayer(LayerRole.LOWER, upper.path(), lower, id));
      }
    }
    if (known.isEmpty()) {
      return false;
    }
    FileId parent = parentOf(upper.handle(), PARENT);
    return layerAround(upper, parent, known) != null
        || (!parent.sameFile(parentOf(work.handle(), PARENT)) && layerAround(work, known) != null);
  }

  private static Problem nestedProblem(OpenedLayer inner, OpenedLayer outer) {
    boolean lower = isLower(inner.role()) || isLower(outer.role());
    return Problem.of(
        lower ? ProblemCode.LAYER_NESTED : ProblemCode.UPPER_WORK_NESTED,
        inner.path(),
        "The " + inner.role() + " lies inside the " + outer.role() + " " + outer.path() + ".",
        lower
            ? "Put the layers side by side, none inside another."
            : "Put the upper and the work directory side by side.");
  }

  private static boolean isLower(LayerRole role) {
    return role == LayerRole.LOWER || role == LayerRole.DATA_LOWER;
  }

  /** The layer that another lies in, going up as long as the file system stays the same. */
  private static OpenedLayer layerAround(
      OpenedLayer layer, Map<DirectoryIdentity, OpenedLayer> layers) {
    try {
      return layerAround(layer, parentOf(layer.handle(), PARENT), layers);
    } catch (SyscallException e) {
      // What cannot be gone up cannot be told; the kernel looks at it itself.
      return null;
    }
  }

  /** The same from its parent on, which is known already. */
  private static OpenedLayer layerAround(
      OpenedLayer layer, FileId first, Map<DirectoryIdentity, OpenedLayer> layers) {
    FileId id = layer.id();
    FileId parent = first;
    StringBuilder up = new StringBuilder(PARENT);
    try {
      while (true) {
        if (parent.sameFile(id) || parent.device() != id.device()) {
          return null;
        }
        OpenedLayer outer = layers.get(DirectoryIdentity.of(parent));
        if (outer != null && !outer.id().sameFile(layer.id())) {
          return outer;
        }
        id = parent;
        parent = parentOf(layer.handle(), up.append('/').append(PARENT).toString());
      }
    } catch (SyscallException e) {
      // What cannot be gone up cannot be told; the kernel looks at it itself.
      return null;
    }
  }

  private static FileId parentOf(Descriptor directory, String up) throws SyscallException {
    return FileId.idAt(directory, up.getBytes(StandardCharsets.US_ASCII));
  }
}
