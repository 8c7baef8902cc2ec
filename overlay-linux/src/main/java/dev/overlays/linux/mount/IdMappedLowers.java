package dev.overlays.linux.mount;

import dev.overlays.IdMapping;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.context.IdMappedTree;
import dev.overlays.linux.context.MountMove;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Mounts over lowers whose owners are mapped. Each mapped tree is attached at the path of its
 * lower, in a namespace that only one thread sees. If it were attached nowhere, the mount table
 * would show it as {@code /}, and readers of the table, such as a merge, would not know the layer.
 */
final class IdMappedLowers {
  private IdMappedLowers() {}

  /** Mounts an overlay over some layers. */
  @FunctionalInterface
  interface MappedMounting {
    Descriptor mountOver(LayerHandles layers) throws IOException;
  }

  static Descriptor mountMapped(OverlaySpec spec, LayerHandles handles, MappedMounting mounting)
      throws IOException {
    Map<Path, Descriptor> trees = new HashMap<>();
    try {
      for (Map.Entry<Path, IdMapping> mapping : spec.idMappings().entrySet()) {
        int index = spec.lowers().indexOf(mapping.getKey());
        trees.put(
            mapping.getKey(),
            IdMappedTree.of(handles.lowerHandles().get(index), mapping.getValue()));
      }
      return TemporaryNamespace.run(
          () -> {
            for (Map.Entry<Path, Descriptor> tree : trees.entrySet()) {
              attachTree(tree.getValue(), tree.getKey());
            }
            return mountOverReopened(handles, mounting);
          });
    } finally {
      trees.values().forEach(Descriptor::close);
    }
  }

  private static void attachTree(Descriptor tree, Path place) throws SyscallException {
    try (Descriptor there = Descriptor.open(place, OpenFlags.PATH | OpenFlags.DIRECTORY)) {
      MountMove.moveMount(tree, there);
    }
  }

  /**
   * Opens the layers again, as this namespace sees them, and checks that they are the locked ones.
   */
  private static Descriptor mountOverReopened(LayerHandles handles, MappedMounting mounting)
      throws IOException {
    try (LayerHandles seen = handles.reopenLayers()) {
      List<Descriptor> locked = handles.allHandles();
      List<Descriptor> opened = seen.allHandles();
      for (int i = 0; i < locked.size(); i++) {
        if (!FileId.of(locked.get(i)).isSameFile(FileId.of(opened.get(i)))) {
          throw new IOException("a layer was moved a moment ago");
        }
      }
      return mounting.mountOver(seen);
    }
  }
}
