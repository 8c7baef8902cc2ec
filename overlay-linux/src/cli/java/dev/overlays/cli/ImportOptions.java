package dev.overlays.cli;

import dev.overlays.OverlayOptions;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.OciImport;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;

/** How the archive of a layer is unpacked. */
final class ImportOptions {
  @Mixin private ImportTreatments treatments;
  @Mixin private MountOptions options;

  /** Returns an import into a new directory. */
  OciImport createImport(Path directory) {
    OverlayOptions marks = options.readOptions();
    return treatments.applyTo(OciImport.to(directory).marks(MarkNamespace.of(marks)));
  }
}
