package dev.overlays.owners;

import dev.overlays.IdMapping;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * Shows layers with mapped owners: owner and group, the IDs in ACLs, and the IDs in file
 * capabilities. An owner that is set is translated to the ID on the disk that the view shows as
 * that owner. Nothing is mounted for this, so it works with any store.
 *
 * <p>An owner that the mapping lacks is shown as 65534, as the kernel does, and cannot be set;
 * {@link #describeLoss} finds such owners beforehand.
 */
public final class MappedOwners {
  /** Maps every ID to itself. */
  private static final OwnerTranslation EVERYBODY =
      new OwnerTranslation(IdMapping.of(0, 0, 0xffff_ffffL));

  private MappedOwners() {}

  /**
   * Shows an open layer with the owners of a view. If one of several layers that are used together
   * is mapped, all of them must be opened this way, even those without a mapping.
   *
   * @param layer an open directory, which belongs to the result from now on
   * @param mapping the mapping of its owners; empty if they are not mapped
   * @return the same directory with these owners
   */
  public static LayerDirectory mapOwners(LayerDirectory layer, Optional<IdMapping> mapping) {
    return new MappedDirectory(layer, mapping.map(OwnerTranslation::new).orElse(null));
  }

  /**
   * Shows a directory with the mapping of another one, so that entries can be moved between them.
   *
   * @param other a directory, of any kind
   * @param directory an open directory, which belongs to the result from now on
   * @return a directory with the mapping of the other
   */
  public static LayerDirectory mapLike(LayerDirectory other, LayerDirectory directory) {
    return other instanceof MappedDirectory from && directory instanceof MappedDirectory to
        ? new MappedDirectory(to.baseDirectory(), from.ownerTranslation().orElse(null))
        : directory;
  }

  /**
   * Tells whether the owners of a directory are mapped.
   *
   * @param directory a directory, of any kind
   * @return whether it has a mapping
   */
  public static boolean isMapped(LayerDirectory directory) {
    return directory instanceof MappedDirectory mapped && mapped.ownerTranslation().isPresent();
  }

  /**
   * Tells whether the mapping of a directory lacks the owner or group of an entry, so that nobody
   * is shown instead.
   *
   * @param directory the directory of the entry
   * @param name its name
   * @return whether the owner or group that is shown is not the real one
   * @throws IOException if the entry cannot be read
   */
  public static boolean isNobody(LayerDirectory directory, Name name) throws IOException {
    if (!(directory instanceof MappedDirectory mapped) || mapped.ownerTranslation().isEmpty()) {
      return false;
    }
    EntryStat stat = LayerEntries.requireStat(mapped.baseDirectory(), name);
    return !mapped.ownerTranslation().get().knowsOwner(stat);
  }

  /**
   * Describes which owner or ID of an entry the mapping of another layer lacks.
   *
   * @param from the directory of the entry
   * @param name its name
   * @param to a directory of the layer that is to receive the entry
   * @return what would be lost, as a short phrase; empty if nothing
   * @throws IOException if the entry cannot be read
   */
  public static Optional<String> describeLoss(LayerDirectory from, Name name, LayerDirectory to)
      throws IOException {
    if (!isMapped(from) && !isMapped(to)) {
      return Optional.empty();
    }
    EntryStat stat = LayerEntries.requireStat(from, name);
    String owner =
        Integer.toUnsignedString(stat.owner()) + ":" + Integer.toUnsignedString(stat.group());
    if (isNobody(from, name)) {
      return Optional.of("an owner that the mapping of its layer does not have");
    }
    Optional<OwnerTranslation> target =
        to instanceof MappedDirectory mapped ? mapped.ownerTranslation() : Optional.empty();
    if (target.isPresent()
        && (target.get().userIds().toDisk(stat.owner()).isEmpty()
            || target.get().groupIds().toDisk(stat.group()).isEmpty())) {
      return Optional.of("the owner " + owner);
    }
    for (String xattr : from.xattrs(name)) {
      if (OwnerTranslation.holdsIds(xattr) && isLost(from, name, xattr, target)) {
        return Optional.of("an ID in " + xattr);
      }
    }
    return Optional.empty();
  }

  private static boolean isLost(
      LayerDirectory from, Name name, String xattr, Optional<OwnerTranslation> target)
      throws IOException {
    Optional<byte[]> value = from.xattr(name, xattr);
    if (value.isEmpty()) {
      return false;
    }
    return target.orElse(EVERYBODY).toDisk(xattr, value.get()).isEmpty();
  }
}
