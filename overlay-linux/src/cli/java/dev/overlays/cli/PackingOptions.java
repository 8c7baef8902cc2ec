package dev.overlays.cli;

import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a layer is packed. */
final class PackingOptions {
  @Mixin private WorkerOption workerOption;

  @Option(
      names = "--compression",
      paramLabel = "KIND",
      defaultValue = "gzip",
      description = "gzip, zstd or none. Default: ${DEFAULT-VALUE}.")
  private OciCompression compression;

  OciLayer applyTo(OciLayer layer) {
    return layer.compression(compression).workers(workerOption.workers());
  }
}
