package dev.overlays.merge.oci;

/** The counts of an import. */
final class ImportTally {
  long entries;
  long bytes;
  long whiteouts;
  long devicesLeftOut;
  long setIdsLeftOut;
  long xattrsLeftOut;

  OciImportReport importReport(OciBlob blob) {
    return new OciImportReport(
        blob, entries, bytes, whiteouts, devicesLeftOut, setIdsLeftOut, xattrsLeftOut);
  }
}
