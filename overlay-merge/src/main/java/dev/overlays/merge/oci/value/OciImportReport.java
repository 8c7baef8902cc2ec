package dev.overlays.merge.oci.value;

/**
 * The result of an import.
 *
 * @param blob the archive, with the digests of the bytes that were read
 * @param entries how many entries the archive has
 * @param bytes the size of the data of all files
 * @param whiteouts how many whiteouts and opaque markers the archive has
 * @param devicesLeftOut how many device nodes were left out, as {@code OciImport.devices} says
 * @param setIdsLeftOut how many files have lost set-user-ID or set-group-ID bits, as {@code
 *     OciImport.setIds} says
 * @param xattrsLeftOut how many extended attributes were left out: privileged ones, as {@code
 *     OciImport.privilegedXattrs} says, and overlay marks, which are never taken from an archive
 * @param timesCut how many entries have another time of their last change than the archive says,
 *     because the file system cannot store it
 */
public record OciImportReport(
    OciBlob blob,
    long entries,
    long bytes,
    long whiteouts,
    long devicesLeftOut,
    long setIdsLeftOut,
    long xattrsLeftOut,
    long timesCut) {}
