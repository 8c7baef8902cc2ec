package dev.overlays.linux.cache;

import dev.overlays.cache.SharedCache;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that follows or publishes, until it is killed from outside. */
public final class KilledFollow {
  private KilledFollow() {}

  /** Takes {@code follow} or {@code publish}, the lower, the instances, and the reference. */
  public static void main(String[] args) throws IOException {
    SharedCache cache = SharedCache.of(Path.of(args[1]), Path.of(args[2]));
    OciRegistry image = OciRegistry.of(args[3]).plainHttp(true).credentialFiles(List.of());
    System.out.println(
        args[0].equals("publish")
            ? cache.publish(image)
            : cache.update(image).carryingUppers().run());
  }
}
