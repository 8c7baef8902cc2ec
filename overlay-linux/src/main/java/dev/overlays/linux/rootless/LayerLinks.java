package dev.overlays.linux.rootless;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The names by which mount(8) gets the layers: their own paths if mount(8) reads them correctly,
 * otherwise short names of symbolic links in the parts directory of the view.
 */
final class LayerLinks implements AutoCloseable {
  private final ViewPlace place;
  private final Optional<UpperMemory> memory;
  private final List<Path> links = new ArrayList<>();

  /**
   * Prepares the names of a view.
   *
   * @param memory the file system of upper and work directory, if it is mounted on the parts
   *     directory
   */
  LayerLinks(ViewPlace place, Optional<UpperMemory> memory) {
    this.place = place;
    this.memory = memory;
  }

  MountData mountData(OverlaySpec spec) throws IOException {
    List<Path> lowers = new ArrayList<>();
    for (Path lower : spec.lowers()) {
      lowers.add(linkedPath(lower));
    }
    Optional<byte[]> upper = Optional.empty();
    Optional<byte[]> work = Optional.empty();
    if (spec.upper().isPresent()) {
      upper = Optional.of(writtenPath(spec.upper().get()));
      work = Optional.of(writtenPath(spec.work().orElseThrow()));
    }
    MountData data = new MountData(lowers.stream().map(PathBytes::of).toList(), upper, work);
    return data.isReadAsMeant(spec) ? data : dataWithShortNames(spec, data, lowers);
  }

  private Path linkedPath(Path layer) throws IOException {
    return place.viewNamespace().linkPath(NeededPath.realPath(layer));
  }

  private byte[] writtenPath(Path path) throws IOException {
    return memory.isPresent()
        ? asciiBytes(memory.get().relativeName(path).toString())
        : PathBytes.of(linkedPath(path));
  }

  private MountData dataWithShortNames(OverlaySpec spec, MountData plain, List<Path> lowers)
      throws IOException {
    List<byte[]> names = new ArrayList<>();
    for (Path lower : lowers) {
      names.add(createLink(Integer.toString(names.size()), lower));
    }
    if (spec.upper().isEmpty() || memory.isPresent()) {
      return new MountData(names, plain.upper(), plain.work());
    }
    return new MountData(
        names,
        Optional.of(createLink("upper", linkedPath(spec.upper().get()))),
        Optional.of(createLink("work", linkedPath(spec.work().orElseThrow()))));
  }

  private byte[] createLink(String name, Path layer) throws IOException {
    Path link = place.viewNamespace().pathSeenHere(place.makePartsDirectory()).resolve(name);
    links.add(Files.createSymbolicLink(link, layer));
    return asciiBytes(name);
  }

  /** Removes the links; they are needed only while mount(8) runs. */
  @Override
  public void close() throws IOException {
    if (place.viewNamespace().isAlive()) {
      for (Path link : links) {
        Files.deleteIfExists(link);
      }
    }
  }

  private static byte[] asciiBytes(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
