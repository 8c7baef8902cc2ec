package dev.overlays.linux.fuse;

import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The layers of a spec, opened, so that a process can take them over by their numbers. */
final class FuseLayers implements AutoCloseable {
  private static final int DIRECTORY = OpenFlags.RDONLY | OpenFlags.DIRECTORY;

  private final OverlaySpec spec;
  private final List<Descriptor> lowers = new ArrayList<>();
  private final List<Descriptor> written = new ArrayList<>();

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

  List<Descriptor> allHandles() {
    List<Descriptor> all = new ArrayList<>(lowers);
    all.addAll(written);
    return all;
  }

  boolean isWritten(Descriptor layer) {
    return written.contains(layer);
  }

  /** By which another process of this user can open a layer. */
  String nameOf(Descriptor layer) {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + layer.number();
  }

  /** The options of the program, which has the layers open by some numbers. */
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
      // The one is said already, the other unknown to the program.
      if (attribute != MountAttribute.READ_ONLY && attribute != MountAttribute.NOSYMFOLLOW) {
        options.append(',').append(attribute.kernelName());
      }
    }
    if (FuseMarks.areTrusted() && !spec.attributes().contains(MountAttribute.NODEV)) {
      options.append(",dev");
    }
    if (FusePrograms.othersAllowed()) {
      options.append(",allow_other");
    }
    if (spec.options().volatileUpper()) {
      options.append(",volatile");
    }
    // Or the times that the view shows of files just written would not be those that they keep.
    options.append(",writeback=0");
    return options.toString();
  }

  @Override
  public void close() {
    lowers.forEach(Descriptor::close);
    written.forEach(Descriptor::close);
  }
}
