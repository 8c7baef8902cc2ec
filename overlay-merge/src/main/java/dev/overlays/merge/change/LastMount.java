package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * The last mount that wrote to an upper. The kernel recreates a directory in the work directory at
 * each mount. Source: the kernel's fs/overlayfs/super.c, {@code ovl_workdir_create}.
 *
 * @param identity the inode and the time of that directory
 * @param time when the view was mounted; far in the past if unknown
 */
public record LastMount(String identity, Instant time) {
  private static final Name WORK = Name.of("work");

  /** Reads the last mount. The work directory may be null. */
  public static LastMount of(LayerDirectory work) throws IOException {
    Optional<EntryStat> made = work == null ? Optional.empty() : work.stat(WORK);
    if (made.isEmpty()) {
      return new LastMount("-", Instant.MIN);
    }
    return new LastMount(
        made.get().inode() + "@" + DirectoryTimes.timeText(made.get().modified()),
        LayerEntries.requireStat(work, Name.SELF).modified());
  }
}
