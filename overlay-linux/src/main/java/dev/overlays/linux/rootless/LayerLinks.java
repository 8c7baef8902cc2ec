package dev.overlays.linux.rootless;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.namespace.Answer;
import dev.overlays.linux.namespace.Namespace;
import dev.overlays.linux.syscall.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The names by which mount(8) gets the layers. Their own, where it understands them. Else short
 * ones, of symbolic links in the working directory of the namespace: a file system in memory that
 * is mounted nowhere and is gone when that directory is left.
 */
final class LayerLinks {
  private final Namespace namespace;
  private final Path target;
  private final Optional<MemoryBelow> memory;

  /**
   * Makes names.
   *
   * @param memory the working directory with upper and work directory, if it is such already
   */
  LayerLinks(Namespace namespace, Path target, Optional<MemoryBelow> memory) {
    this.namespace = namespace;
    this.target = target;
    this.memory = memory;
  }

  MountData data(OverlaySpec spec) throws IOException {
    List<Path> lowers = real(spec.lowers());
    Optional<byte[]> upper = Optional.empty();
    Optional<byte[]> work = Optional.empty();
    if (spec.upper().isPresent()) {
      upper = Optional.of(own(spec.upper().get()));
      work = Optional.of(own(spec.work().orElseThrow()));
    }
    MountData data = new MountData(lowers.stream().map(PathBytes::of).toList(), upper, work);
    return data.isSafe(spec) ? data : linked(spec, data, lowers);
  }

  private byte[] own(Path path) throws IOException {
    return memory.isPresent()
        ? ascii(memory.get().name(path).toString())
        : PathBytes.of(NeededPath.real(path));
  }

  private MountData linked(OverlaySpec spec, MountData plain, List<Path> lowers)
      throws IOException {
    if (memory.isEmpty()) {
      Answer answer =
          namespace.run(
              MountPrograms.memory("mode=0700", target).and(MountPrograms.unmountLazily(target)));
      if (!answer.succeeded()) {
        throw new RefusedException(answer.words());
      }
    }
    List<byte[]> names = new ArrayList<>();
    for (Path lower : lowers) {
      names.add(link(Integer.toString(names.size()), lower));
    }
    if (spec.upper().isEmpty() || memory.isPresent()) {
      return new MountData(names, plain.upper(), plain.work());
    }
    return new MountData(
        names,
        Optional.of(link("upper", NeededPath.real(spec.upper().get()))),
        Optional.of(link("work", NeededPath.real(spec.work().orElseThrow()))));
  }

  private byte[] link(String name, Path layer) throws IOException {
    Files.createSymbolicLink(namespace.workingDirectory().resolve(name), layer);
    return ascii(name);
  }

  static List<Path> real(List<Path> paths) throws IOException {
    List<Path> real = new ArrayList<>();
    for (Path path : paths) {
      real.add(NeededPath.real(path));
    }
    return real;
  }

  private static byte[] ascii(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
