package dev.overlays.cache;

import dev.overlays.Problem;
import dev.overlays.merge.text.ByteSize;
import dev.overlays.spi.LayerSharing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The status of a cache.
 *
 * @param lower the shared directory
 * @param use the disk space that it uses
 * @param freedBytes the disk space that a maintenance with the default policy would free, as {@link
 *     dev.overlays.merge.SharedMerge#bytesFreed} counts it. It need not be the sum of what merges
 *     of single instances free: of what several have under one name, one stays, and what another
 *     instance shows is not deleted
 * @param sharing how machines share the lower, and who uses it on all of them; empty if only this
 *     machine has it
 * @param instances the status of each instance, by name
 * @param notices a {@link dev.overlays.ProblemCode#CACHE_LOWER_KEPT} for each former lower that is
 *     kept after a follow
 */
public record CacheStatus(
    Path lower,
    CacheDiskUse use,
    long freedBytes,
    Optional<LayerSharing> sharing,
    List<InstanceStatus> instances,
    List<Problem> notices) {
  private static final List<String> TABLE_HEAD =
      List.of("INSTANCE", "MOUNTED AT", "BY", "USERS", "BOOT", "UPPER", "ALONE FREES");

  /**
   * Makes a status.
   *
   * @param lower the shared directory
   * @param use the disk space that it uses
   * @param freedBytes the disk space that a maintenance would free
   * @param sharing how machines share it; empty if only this machine has it
   * @param instances the status of each instance; copied
   * @param notices a notice for each former lower that is kept; copied
   */
  public CacheStatus {
    instances = List.copyOf(instances);
    notices = List.copyOf(notices);
  }

  /** Returns a table with a line for each instance, each holder, each notice, and the sizes. */
  @Override
  public String toString() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TABLE_HEAD);
    instances.forEach(instance -> rows.add(tableRow(instance)));
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    for (InstanceStatus instance : instances) {
      instance.holders().forEach(holder -> text.append(holderLine(instance, holder)));
    }
    for (InstanceStatus instance : instances) {
      instance.notices().forEach(notice -> text.append(notice).append('\n'));
    }
    notices.forEach(notice -> text.append(notice).append('\n'));
    return text.append("lower ")
        .append(lower)
        .append(": ")
        .append(ByteSize.format(use.lower()))
        .append("; a maintenance frees ")
        .append(ByteSize.format(freedBytes))
        .append(sharing.map(told -> "\n" + told).orElse(""))
        .toString();
  }

  private static String holderLine(InstanceStatus instance, Problem holder) {
    return instance.name() + ": " + holder.message() + "\n";
  }

  private static List<String> tableRow(InstanceStatus instance) {
    String nowhere = instance.waiting() ? "(to be mounted again)" : "-";
    return List.of(
        instance.name(),
        instance.mountedAt().map(Path::toString).orElse(nowhere),
        instance.backend().orElse("-"),
        instance.holders().isEmpty() ? "-" : Integer.toString(instance.holders().size()),
        instance.atBoot() ? "yes" : "-",
        ByteSize.format(instance.upperBytes()),
        ByteSize.format(instance.freedBytes()));
  }
}
