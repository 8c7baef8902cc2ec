package dev.overlays.linux.rootless;

import dev.overlays.OverlaySpec;
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
 * ones, of symbolic links in the directory for the parts of the view.
 */
final class LayerLinks implements AutoCloseable {
  private final ViewPlace place;
  private final Optional<MemoryBelow> memory;
  private final List<Path> links = new ArrayList<>();

  /**
   * Makes names.
   *
   * @param memory what upper and work directory are on, if that is mounted on that directory
   */
  LayerLinks(ViewPlace place, Optional<MemoryBelow> memory) {
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
      upper = Optional.of(ownPath(spec.upper().get()));
      work = Optional.of(ownPath(spec.work().orElseThrow()));
    }
    MountData data = new MountData(lowers.stream().map(PathBytes::of).toList(), upper, work);
    return data.isSafe(spec) ? data : shortenedData(spec, data, lowers);
  }

  private Path linkedPath(Path layer) throws IOException {
    return place.viewNamespace().linkedPath(NeededPath.realPath(layer));
  }

  private byte[] ownPath(Path path) throws IOException {
    return memory.isPresent()
        ? asciiBytes(memory.get().nameIn(path).toString())
        : PathBytes.of(linkedPath(path));
  }

  private MountData shortenedData(OverlaySpec spec, MountData plain, List<Path> lowers)
      throws IOException {
    List<byte[]> names = new ArrayList<>();
    for (Path lower : lowers) {
      names.add(linkCommand(Integer.toString(names.size()), lower));
    }
    if (spec.upper().isEmpty() || memory.isPresent()) {
      return new MountData(names, plain.upper(), plain.work());
    }
    return new MountData(
        names,
        Optional.of(linkCommand("upper", linkedPath(spec.upper().get()))),
        Optional.of(linkCommand("work", linkedPath(spec.work().orElseThrow()))));
  }

  private byte[] linkCommand(String name, Path layer) throws IOException {
    Path link = place.viewNamespace().pathSeenHere(place.placeParts()).resolve(name);
    links.add(Files.createSymbolicLink(link, layer));
    return asciiBytes(name);
  }

  /** Removes the links, which are needed no longer than the program runs. */
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
