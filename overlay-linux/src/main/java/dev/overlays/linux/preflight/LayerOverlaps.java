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
 * Finds layers that are the same directory or lie inside each other, by whatever paths. Cases that
 * a bind mount hides are left to the kernel, which returns ELOOP.
 */
final class LayerOverlaps {
  private static final String PARENT = "..";
  private static final long PRIME = 31;

  private record InodeIdentity(long device, long inode) {
    static InodeIdentity of(FileId id) {
      return new InodeIdentity(id.device(), id.inode());
    }

    // Not the generated methods, which take milliseconds of the first mount in a new JVM.
    @Override
    public boolean equals(Object object) {
      return object instanceof InodeIdentity other
          && device == other.device
          && inode == other.inode;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(device * PRIME + inode);
    }
  }

  private LayerOverlaps() {}

  static void checkOverlaps(List<OpenedLayer> layers, List<Problem> problems) {
    Map<InodeIdentity, OpenedLayer> seen = new HashMap<>();
    for (OpenedLayer layer : layers) {
      OpenedLayer other = seen.putIfAbsent(InodeIdentity.of(layer.id()), layer);
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

  /**
   * Checks the directory in which an upper is going to be created: the upper lies inside whatever
   * that directory lies in.
   */
  static void checkPlace(OpenedLayer place, List<OpenedLayer> layers, List<Problem> problems) {
    Map<InodeIdentity, OpenedLayer> lowers = new HashMap<>();
    layers.stream()
        .filter(layer -> isLower(layer.role()))
        .forEach(lower -> lowers.put(InodeIdentity.of(lower.id()), lower));
    OpenedLayer same = lowers.get(InodeIdentity.of(place.id()));
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

  /** Whether a layer is one of some others, lies inside one of them, or contains one of them. */
  static boolean overlapsAny(OpenedLayer layer, List<OpenedLayer> others) {
    Map<InodeIdentity, OpenedLayer> known = new HashMap<>();
    others.forEach(other -> known.put(InodeIdentity.of(other.id()), other));
    InodeIdentity own = InodeIdentity.of(layer.id());
    if (known.containsKey(own) || layerAround(layer, known) != null) {
      return true;
    }
    Map<InodeIdentity, OpenedLayer> self = Map.of(own, layer);
    return others.stream().anyMatch(other -> layerAround(other, self) != null);
  }

  /** Whether an upper or its work directory lies inside a lower. Fast if they lie side by side. */
  static boolean isAnyInside(OpenedLayer upper, OpenedLayer work, List<Descriptor> lowers)
      throws SyscallException {
    Map<InodeIdentity, OpenedLayer> known = new HashMap<>();
    for (Descriptor lower : lowers) {
      FileId id = FileId.of(lower);
      // The ascent ends at the root of the file system, so only lowers on the same one matter.
      if (id.device() == upper.id().device() || id.device() == work.id().device()) {
        known.put(InodeIdentity.of(id), new OpenedLayer(LayerRole.LOWER, upper.path(), lower, id));
      }
    }
    if (known.isEmpty()) {
      return false;
    }
    FileId parent = directoryAbove(upper.handle(), PARENT);
    return layerAround(upper, parent, known) != null
        || (!parent.isSameFile(directoryAbove(work.handle(), PARENT))
            && layerAround(work, known) != null);
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

  /**
   * Returns the layer that contains another one, searched upwards within the file system; null if
   * there is none.
   */
  private static OpenedLayer layerAround(
      OpenedLayer layer, Map<InodeIdentity, OpenedLayer> layers) {
    try {
      return layerAround(layer, directoryAbove(layer.handle(), PARENT), layers);
    } catch (SyscallException e) {
      // Where the ascent fails, nothing is known; the kernel checks it itself.
      return null;
    }
  }

  /** Does the same from the parent on, which is known already. */
  private static OpenedLayer layerAround(
      OpenedLayer layer, FileId first, Map<InodeIdentity, OpenedLayer> layers) {
    FileId id = layer.id();
    FileId parent = first;
    StringBuilder up = new StringBuilder(PARENT);
    try {
      while (true) {
        if (parent.isSameFile(id) || parent.device() != id.device()) {
          return null;
        }
        OpenedLayer outer = layers.get(InodeIdentity.of(parent));
        if (outer != null && !outer.id().isSameFile(layer.id())) {
          return outer;
        }
        id = parent;
        parent = directoryAbove(layer.handle(), up.append('/').append(PARENT).toString());
      }
    } catch (SyscallException e) {
      // Where the ascent fails, nothing is known; the kernel checks it itself.
      return null;
    }
  }

  private static FileId directoryAbove(Descriptor directory, String up) throws SyscallException {
    return FileId.idAt(directory, up.getBytes(StandardCharsets.US_ASCII));
  }
}
