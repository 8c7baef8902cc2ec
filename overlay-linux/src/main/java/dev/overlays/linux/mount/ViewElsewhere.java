package dev.overlays.linux.mount;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountNamespaces;
import dev.overlays.linux.table.MountRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds other mounts of a view that stay when it is unmounted here: bind mounts at other places,
 * and mounts in namespaces that were copied from this one, as that of a container. Source:
 * mount_namespaces(7).
 */
public final class ViewElsewhere {
  /** A mount on such a parent receives no unmounts from other namespaces. */
  private static final Set<Propagation> NOT_RECEIVING =
      EnumSet.of(Propagation.PRIVATE, Propagation.UNBINDABLE);

  private final MountRecord view;
  private final List<Problem> found = new ArrayList<>();

  private ViewElsewhere(MountRecord view) {
    this.view = view;
  }

  /**
   * Finds the copies of the view that is on top at a place.
   *
   * @param place where it is mounted in this process's own mount namespace
   * @return a problem for each
   */
  public static List<Problem> of(Path place) {
    try {
      int id = (int) FileId.withTableId(PathBytes.of(place)).mountId();
      MountRecord view = tableOf("self").get(id);
      if (view == null) {
        return List.of();
      }
      ViewElsewhere copies = new ViewElsewhere(view);
      MountNamespaces.representativePids().forEach(copies::findInNamespace);
      return copies.found;
    } catch (SyscallException e) {
      // It is gone, or this process may not look at it.
      return List.of();
    }
  }

  private static Map<Integer, MountRecord> tableOf(String pid) {
    Map<Integer, MountRecord> table = new LinkedHashMap<>();
    MountNamespaces.tableOf(pid).forEach(record -> table.put(record.id(), record));
    return table;
  }

  private void findInNamespace(String pid) {
    Map<Integer, MountRecord> table = tableOf(pid);
    for (MountRecord record : table.values()) {
      boolean copy = record.device().equals(view.device());
      if (copy && record.id() != view.id() && staysMounted(table.get(record.parentId()))) {
        found.add(copyProblem(record, pid));
      }
    }
  }

  /** Excludes copies that the kernel may unmount together with the view. */
  private boolean staysMounted(MountRecord parent) {
    return parent != null
        && (parent.id() == view.parentId() || NOT_RECEIVING.contains(parent.propagation()));
  }

  private static Problem copyProblem(MountRecord copy, String pid) {
    boolean here = pid.equals("self");
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        copy.mountPoint(),
        "The view is mounted here, too"
            + (here ? "" : ", in the mount namespace of process " + pid)
            + ", and stays when it is unmounted elsewhere.",
        here ? "Unmount it here first." : "End what runs in there, or let it unmount the view.");
  }
}
