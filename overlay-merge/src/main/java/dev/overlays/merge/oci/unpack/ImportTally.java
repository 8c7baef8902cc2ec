package dev.overlays.merge.oci.unpack;

import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciImportReport;

/** The counts of an import. */
public final class ImportTally {
  long entries;
  long bytes;
  long whiteouts;
  long devicesLeftOut;
  long setIdsLeftOut;
  long xattrsLeftOut;
  long timesCut;

  public OciImportReport createReport(OciBlob blob) {
    return new OciImportReport(
        blob, entries, bytes, whiteouts, devicesLeftOut, setIdsLeftOut, xattrsLeftOut, timesCut);
  }
}
