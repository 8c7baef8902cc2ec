package dev.overlays.cli;

import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.value.OciImportReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code overlays import}: unpacks the archive of a layer of an OCI image as a layer. */
@Command(
    name = "import",
    description = {
      "Unpack the layer of an OCI image into a new directory.",
      "It can be a lower or an upper. Archives of others are safe: what would give rights or lead outside is refused.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: mediaType, digest, size, diffId, diffSize, entries, bytes, whiteouts, devicesLeftOut,"
          + " setIdsLeftOut, xattrsLeftOut, timesCut.",
      "Example:",
      "  overlays import /srv/one.tar.gz /srv/imported"
    })
final class ImportCommand extends OverlaysCommand {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The archive, as it is or compressed by gzip or zstd; - is standard input.")
  private String file;

  @Parameters(index = "1", paramLabel = "DIR", description = "The new directory.")
  private Path directory;

  @Option(
      names = "--digest",
      paramLabel = "sha256:HEX",
      description = "Refuse any other archive than the one with this digest.")
  private String digest;

  @Mixin private ImportOptions importOptions;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    OciImportReport report;
    try (ProgressOutput progress = outputOptions().openProgress()) {
      report =
          runImport(
              prepareImport()
                  .progress(progress::showUnpacking)
                  .cancelWhen(keepSignals()::isReceived));
    }
    String text =
        "imported %,d entries, %s, as %s"
            .formatted(report.entries(), report.blob().digest(), directory);
    output.printResult(text, ReportFields.of(report));
    if (report.timesCut() > 0) {
      output.printRemark(
          "The file system cannot store the time of the last change of %,d entries: they have another."
              .formatted(report.timesCut()));
    }
    return ExitCodes.DONE;
  }

  private OciImportReport runImport(OciImport task) throws IOException {
    if (file.equals("-")) {
      return task.run(System.in);
    }
    Path archive = Path.of(file);
    try (InputStream in = Files.newInputStream(archive)) {
      return task.archiveBytes(Files.size(archive)).run(in);
    }
  }

  private OciImport prepareImport() {
    OciImport task = importOptions.createImport(directory);
    return digest == null ? task : task.digest(digest);
  }
}
