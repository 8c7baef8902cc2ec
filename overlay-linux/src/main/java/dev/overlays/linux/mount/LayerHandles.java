package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.preflight.QuickCheck;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileLock;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layers and the mount point of a spec, opened; they stay what they are until they are mounted.
 */
public final class LayerHandles implements Closeable {
  private static final int DIRECTORY = Open.RDONLY | Open.DIRECTORY;

  private final List<Descriptor> all = new ArrayList<>();
  private final List<Descriptor> lowers = new ArrayList<>();
  private final List<Descriptor> dataLowers = new ArrayList<>();
  private final MarkNamespace marks;
  private Optional<Descriptor> upper = Optional.empty();
  private Optional<Descriptor> work = Optional.empty();
  private Optional<Descriptor> mountPoint = Optional.empty();

  private LayerHandles(MarkNamespace marks) {
    this.marks = marks;
  }

  /**
   * Opens them.
   *
   * @param spec whose layers, and mount point where it has one
   * @return the handles, to be closed
   * @throws SyscallException if one cannot be opened
   */
  public static LayerHandles open(OverlaySpec spec) throws SyscallException {
    LayerHandles handles =
        new LayerHandles(spec.options().userXattr() ? MarkNamespace.USER : MarkNamespace.TRUSTED);
    try {
      for (Path lower : spec.lowers()) {
        handles.lowers.add(handles.add(lower));
      }
      for (Path lower : spec.dataLowers()) {
        handles.dataLowers.add(handles.add(lower));
      }
      if (spec.upper().isPresent()) {
        handles.upper = Optional.of(handles.add(spec.upper().get()));
        handles.work = Optional.of(handles.add(spec.work().orElseThrow()));
      }
      if (spec.mountPoint().isPresent()) {
        handles.mountPoint = Optional.of(handles.add(spec.mountPoint().get()));
      }
      return handles;
    } catch (SyscallException | RuntimeException e) {
      handles.close();
      throw e;
    }
  }

  private Descriptor add(Path path) throws SyscallException {
    Descriptor descriptor = Descriptor.open(path, DIRECTORY);
    all.add(descriptor);
    return descriptor;
  }

  /**
   * Keeps merges, and other mounts of the same upper, away until these handles are closed, and asks
   * what has to be asked under that lock.
   *
   * @return false if somebody is there already, or an answer is no
   * @throws SyscallException if something cannot be told
   */
  public boolean secure() throws SyscallException {
    for (List<Descriptor> shared : List.of(lowers, dataLowers)) {
      for (Descriptor lower : shared) {
        if (!FileLock.tryShared(lower)) {
          return false;
        }
      }
    }
    if (mountPoint.isPresent() && !QuickCheck.passes(mountPoint.get())) {
      return false;
    }
    return upper.isEmpty()
        || (FileLock.tryExclusive(upper.get())
            && FileLock.tryExclusive(work.orElseThrow())
            && QuickCheck.passes(lowers, upper.get(), work.orElseThrow(), marks));
  }

  /** Everything that was opened, in the same order for the same spec. */
  List<Descriptor> layers() {
    return all;
  }

  List<Descriptor> lowers() {
    return lowers;
  }

  List<Descriptor> dataLowers() {
    return dataLowers;
  }

  Optional<Descriptor> upper() {
    return upper;
  }

  Optional<Descriptor> work() {
    return work;
  }

  Optional<Descriptor> mountPoint() {
    return mountPoint;
  }

  @Override
  public void close() {
    all.forEach(Descriptor::close);
  }
}
