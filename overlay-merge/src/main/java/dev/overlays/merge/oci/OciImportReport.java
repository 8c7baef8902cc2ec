package dev.overlays.merge.oci;

/**
 * What an import has unpacked.
 *
 * @param blob the archive, with the digests of what was really read
 * @param entries how many entries it had
 * @param bytes the data of all its files
 * @param whiteouts how many names and directories it hides
 * @param devicesLeftOut how many device nodes are missing in the layer, as {@code
 *     OciImport.devices} was told
 * @param setIdsLeftOut how many files have lost set-user-ID or set-group-ID bits, as {@code
 *     OciImport.setIds} was told
 * @param xattrsLeftOut how many extended attributes are missing: those that {@code
 *     OciImport.privilegedXattrs} was told to leave out, and marks of overlays, which are never
 *     taken from an archive
 */
public record OciImportReport(
    OciBlob blob,
    long entries,
    long bytes,
    long whiteouts,
    long devicesLeftOut,
    long setIdsLeftOut,
    long xattrsLeftOut) {}
