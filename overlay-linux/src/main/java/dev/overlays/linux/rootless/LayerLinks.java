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
  private final boolean inMemory;

  /**
   * @param inMemory whether the working directory is a file system in memory already, with upper
   *     and work directory in it
   */
  LayerLinks(Namespace namespace, Path target, boolean inMemory) {
    this.namespace = namespace;
    this.target = target;
    this.inMemory = inMemory;
  }

  MountData data(OverlaySpec spec) throws IOException {
    List<Path> lowers = real(spec.lowers());
    Optional<byte[]> upper = Optional.empty();
    Optional<byte[]> work = Optional.empty();
    if (spec.upper().isPresent()) {
      upper = Optional.of(own(EphemeralUpper.UPPER, spec.upper().get()));
      work = Optional.of(own(EphemeralUpper.WORK, spec.work().orElseThrow()));
    }
    MountData data = new MountData(lowers.stream().map(PathBytes::of).toList(), upper, work);
    return data.isSafe(spec) ? data : linked(spec, lowers);
  }

  private byte[] own(String name, Path path) throws IOException {
    return inMemory ? ascii(name) : PathBytes.of(path.toRealPath());
  }

  private MountData linked(OverlaySpec spec, List<Path> lowers) throws IOException {
    if (!inMemory) {
      Answer answer =
          namespace.run(
              MountPrograms.memory("mode=0700", target).and(MountPrograms.unmountLazily(target)));
      if (!answer.succeeded()) {
        throw new RefusedException(answer.words());
      }
      if (spec.upper().isPresent()) {
        link(EphemeralUpper.UPPER, spec.upper().get().toRealPath());
        link(EphemeralUpper.WORK, spec.work().orElseThrow().toRealPath());
      }
    }
    List<byte[]> names = new ArrayList<>();
    for (Path lower : lowers) {
      String name = Integer.toString(names.size());
      link(name, lower);
      names.add(ascii(name));
    }
    boolean upper = spec.upper().isPresent();
    return new MountData(
        names,
        upper ? Optional.of(ascii(EphemeralUpper.UPPER)) : Optional.empty(),
        upper ? Optional.of(ascii(EphemeralUpper.WORK)) : Optional.empty());
  }

  private void link(String name, Path layer) throws IOException {
    Files.createSymbolicLink(namespace.workingDirectory().resolve(name), layer);
  }

  static List<Path> real(List<Path> paths) throws IOException {
    List<Path> real = new ArrayList<>();
    for (Path path : paths) {
      real.add(path.toRealPath());
    }
    return real;
  }

  private static byte[] ascii(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
