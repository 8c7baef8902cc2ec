package dev.overlays.linux.archive;

import dev.overlays.merge.oci.registry.OciRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that asks a registry for an image, with a file of credentials. */
public final class AskedRegistry {
  private AskedRegistry() {}

  /** Takes a reference and the file, and prints what comes. */
  public static void main(String[] args) throws IOException {
    OciRegistry image = OciRegistry.of(args[0]).credentialFiles(List.of(Path.of(args[1])));
    System.out.println(image.digest());
  }
}
