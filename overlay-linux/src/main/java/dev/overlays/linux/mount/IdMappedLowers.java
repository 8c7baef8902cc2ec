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
 * Mounts over lowers whose files have other owners. Each is attached to its own place, in a
 * namespace that only one thread sees: the overlay would know a layer that is attached nowhere by
 * the name {@code /}, and so would whoever reads the mount table, a merge for example.
 */
final class IdMappedLowers {
  private IdMappedLowers() {}

  /** What mounts an overlay over layers, and returns its root. */
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
      return OwnNamespace.run(
          () -> {
            for (Map.Entry<Path, Descriptor> tree : trees.entrySet()) {
              attachTree(tree.getValue(), tree.getKey());
            }
            return mountHere(handles, mounting);
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

  /** The layers are opened anew, as this namespace has them; they must be those that are locked. */
  private static Descriptor mountHere(LayerHandles handles, MappedMounting mounting)
      throws IOException {
    try (LayerHandles seen = handles.reopenedHandles()) {
      List<Descriptor> locked = handles.layerHandles();
      List<Descriptor> opened = seen.layerHandles();
      for (int i = 0; i < locked.size(); i++) {
        if (!FileId.of(locked.get(i)).sameFile(FileId.of(opened.get(i)))) {
          throw new IOException("a layer was moved a moment ago");
        }
      }
      return mounting.mountOver(seen);
    }
  }
}
