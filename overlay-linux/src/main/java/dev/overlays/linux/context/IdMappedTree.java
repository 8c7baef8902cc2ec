package dev.overlays.linux.context;

import dev.overlays.IdMapping;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An unattached mount of a directory in which the files have other owners. The directory itself is
 * not changed. Source: open_tree(2); mount_setattr(2), MOUNT_ATTR_IDMAP.
 */
public final class IdMappedTree {
  private static final int OPEN_TREE_CLONE = 1;
  private static final int AT_EMPTY_PATH = 0x1000;

  private IdMappedTree() {}

  /**
   * Makes an ID-mapped mount of a directory.
   *
   * @param directory the directory
   * @param mapping the mapping of owners
   * @return the root of the mount, which disappears when the descriptor is closed
   * @throws IOException if it cannot be made
   */
  public static Descriptor of(Descriptor directory, IdMapping mapping) throws IOException {
    Descriptor tree = cloneTree(directory);
    try (Descriptor namespace = IdMappingNamespace.of(mapping)) {
      MountAttributes.setIdMapping(tree, namespace);
      return tree;
    } catch (IOException | RuntimeException | Error e) {
      tree.close();
      throw e;
    }
  }

  private static Descriptor cloneTree(Descriptor directory) throws SyscallException {
    int flags = OPEN_TREE_CLONE | AT_EMPTY_PATH | OpenFlags.CLOEXEC;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return new Descriptor(
          directory.callOn(Syscall.OPEN_TREE, scratch.putString(new byte[0]), flags));
    }
  }

  /**
   * Adds a problem for each lower of a spec whose owners cannot be mapped, which is found out by
   * trying.
   *
   * @param spec what is to be mounted
   * @param problems where to add
   */
  public static void checkMapping(OverlaySpec spec, List<Problem> problems) {
    spec.idMappings()
        .forEach(
            (lower, mapping) -> {
              try (Descriptor directory =
                  Descriptor.open(lower, OpenFlags.PATH | OpenFlags.DIRECTORY)) {
                checkMapping(directory, lower, mapping, problems);
              } catch (SyscallException e) {
                // Another check reports that the lower is missing.
              }
            });
  }

  private static void checkMapping(
      Descriptor directory, Path lower, IdMapping mapping, List<Problem> problems) {
    Optional<RefusedCall> refused =
        LayerPassing.refusedCall()
            .or(() -> RefusedCall.of(Syscall.OPEN_TREE))
            .or(() -> RefusedCall.of(Syscall.MOUNT_SETATTR))
            .or(() -> RefusedCall.of(Syscall.UNSHARE));
    if (refused.isPresent()) {
      problems.add(problemOf(lower, refused.get().refusalWords(), refused.get().remedyText()));
      return;
    }
    if (LayerPassing.ofThisKernel() == LayerPassing.DATA) {
      problems.add(problemOf(lower, "the overlay of this kernel does not accept mount contexts"));
      return;
    }
    try {
      of(directory, mapping).close();
    } catch (IOException e) {
      boolean invalid = e instanceof SyscallException call && call.errno() == Errno.EINVAL;
      problems.add(
          problemOf(lower, invalid ? "its file system does not support it" : e.getMessage()));
    }
  }

  private static Problem problemOf(Path lower, String why) {
    return problemOf(
        lower,
        why,
        "Mount as root, with a lower on ext4, xfs, btrfs or tmpfs, or use it without a mapping.");
  }

  private static Problem problemOf(Path lower, String why, String remedy) {
    return Problem.of(
        ProblemCode.LOWER_NOT_IDMAPPABLE,
        lower,
        "The owners of the lower cannot be mapped: " + why + ".",
        remedy);
  }
}
