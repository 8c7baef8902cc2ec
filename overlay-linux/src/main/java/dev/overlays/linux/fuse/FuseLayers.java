package dev.overlays.linux.fuse;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.machines.MachineLocks;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Open descriptors of the layers of a spec, which a child process takes over by their numbers. */
final class FuseLayers implements AutoCloseable {
  private static final int DIRECTORY = OpenFlags.RDONLY | OpenFlags.DIRECTORY;

  private final OverlaySpec spec;
  private final List<Descriptor> lowers = new ArrayList<>();
  private final List<Descriptor> written = new ArrayList<>();
  private final MachineLocks machines = new MachineLocks();

  private FuseLayers(OverlaySpec spec) {
    this.spec = spec;
  }

  static FuseLayers open(OverlaySpec spec) throws SyscallException {
    FuseLayers layers = new FuseLayers(spec);
    try {
      for (Path lower : spec.lowers()) {
        layers.lowers.add(Descriptor.open(lower, DIRECTORY));
      }
      if (spec.upper().isPresent()) {
        layers.written.add(Descriptor.open(spec.upper().get(), DIRECTORY));
        layers.written.add(Descriptor.open(spec.work().orElseThrow(), DIRECTORY));
      }
      return layers;
    } catch (SyscallException | RuntimeException | Error e) {
      layers.close();
      throw e;
    }
  }

  /**
   * Locks the lowers that machines share, until these are closed.
   *
   * @throws OverlayException if a merge has one
   */
  MachineLocks lockForMachines() throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < lowers.size(); i++) {
      machines
          .share(lowers.get(i), spec.lowers().get(i), spec.mountPoint())
          .ifPresent(problems::add);
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    return machines;
  }

  List<Descriptor> allHandles() {
    List<Descriptor> all = new ArrayList<>(lowers);
    all.addAll(written);
    return all;
  }

  boolean isWritten(Descriptor layer) {
    return written.contains(layer);
  }

  /** Returns the path by which another process of this user can open a layer. */
  String procPathOf(Descriptor layer) {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + layer.number();
  }

  /** Returns the options of fuse-overlayfs, which has the layers open by the given numbers. */
  String optionsText(Map<Descriptor, String> numbers) {
    StringBuilder options = new StringBuilder("lowerdir=");
    options.append(
        lowers.stream()
            .map(lower -> "/proc/self/fd/" + numbers.get(lower))
            .collect(Collectors.joining(":")));
    if (!written.isEmpty()) {
      options.append(",upperdir=/proc/self/fd/").append(numbers.get(written.get(0)));
      options.append(",workdir=/proc/self/fd/").append(numbers.get(written.get(1)));
    }
    if (written.isEmpty() || spec.attributes().contains(MountAttribute.READ_ONLY)) {
      options.append(",ro");
    }
    for (MountAttribute attribute : spec.attributes()) {
      // ro is set already, and the program does not know nosymfollow.
      if (attribute != MountAttribute.READ_ONLY && attribute != MountAttribute.NOSYMFOLLOW) {
        options.append(',').append(attribute.kernelName());
      }
    }
    if (FuseMarks.areTrusted() && !spec.attributes().contains(MountAttribute.NODEV)) {
      options.append(",dev");
    }
    if (FusePrograms.allowsOtherUsers()) {
      options.append(",allow_other");
    }
    if (spec.options().volatileUpper()) {
      options.append(",volatile");
    }
    // With writeback, files just written would show other times than they keep.
    options.append(",writeback=0");
    return options.toString();
  }

  @Override
  public void close() {
    machines.close();
    lowers.forEach(Descriptor::close);
    written.forEach(Descriptor::close);
  }
}
