package dev.overlays.cli;

import dev.overlays.OverlaySpec;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.cli.output.StandardStreams;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciBlob;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code overlays export}: writes a layer as the archive of a layer of an OCI image. */
@Command(
    name = "export",
    description = {
      "Write a layer as that of an OCI image.",
      "It is the upper of the view, or without one the top-most lower. The same layer gives the same bytes.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: mediaType, digest, size, diffId, diffSize.",
      "Example:",
      "  overlays export --lower /srv/cache --instance /srv/instances/one \\",
      "      /srv/one.tar.gz"
    })
final class ExportCommand extends OverlaysCommand {
  private static final String STANDARD_OUTPUT = "-";

  @Mixin private ViewOptions viewOptions;
  @Mixin private PackingOptions packingOptions;

  @Parameters(
      paramLabel = "FILE",
      description = "The archive, which replaces an older file; - is standard output.")
  private String file;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    OciLayer layer = packingOptions.applyTo(openLayer()).cancelWhen(keepSignals()::isReceived);
    if (!file.equals(STANDARD_OUTPUT)) {
      OciBlob blob = writeFile(layer, Path.of(file));
      output.printResult(blob.descriptor(), ReportFields.of(blob));
    } else if (outputOptions().isJson()) {
      throw new IllegalArgumentException("standard output cannot hold both an archive and JSON");
    } else {
      output.printRemark(layer.writeTo(StandardStreams.OUT).descriptor());
    }
    return ExitCodes.DONE;
  }

  private OciLayer openLayer() throws IOException {
    Optional<Path> single = viewOptions.readSingleLayer();
    if (single.isPresent()) {
      return OciLayer.of(single.get(), MarkNamespace.of(viewOptions.readOptions()));
    }
    OverlaySpec spec = viewOptions.readSpec();
    return spec.hasUpper() ? OciLayer.of(spec) : OciLayer.of(spec, spec.lowers().get(0));
  }

  /** An archive that is cut off never has the name. */
  private static OciBlob writeFile(OciLayer layer, Path target) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".overlays-part");
    try {
      OciBlob blob;
      try (OutputStream out =
          Files.newOutputStream(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        blob = layer.writeTo(out);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      return blob;
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
