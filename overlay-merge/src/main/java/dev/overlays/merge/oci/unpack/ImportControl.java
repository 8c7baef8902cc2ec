package dev.overlays.merge.oci.unpack;

import dev.overlays.merge.oci.value.UnpackProgress;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How the caller of an import follows it and ends it.
 *
 * @param cancelled returns whether to end
 * @param progress listens to the progress
 * @param archiveBytes the size of the archive; 0 if it is not known
 */
public record ImportControl(
    BooleanSupplier cancelled, Consumer<UnpackProgress> progress, long archiveBytes) {
  public static final ImportControl DEFAULTS = new ImportControl(() -> false, done -> {}, 0);

  public ImportControl withCancelled(BooleanSupplier value) {
    return new ImportControl(value, progress, archiveBytes);
  }

  public ImportControl withProgress(Consumer<UnpackProgress> value) {
    return new ImportControl(cancelled, value, archiveBytes);
  }

  public ImportControl withArchiveBytes(long value) {
    return new ImportControl(cancelled, progress, value);
  }
}
