package dev.overlays.owners;

import dev.overlays.IdMapping;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * Layers with the owners that a view shows, where a spec maps those of a lower: owner and group,
 * the IDs in ACLs, and those in file capabilities. What is written gets the owner on the disk that
 * the view shows as the one asked for. Nothing is mounted for this, so any store can do it.
 *
 * <p>An owner that the mapping does not have is shown as 65534, as the kernel does, and cannot be
 * set: {@link #lost} tells beforehand.
 */
public final class MappedOwners {
  /** Every ID there can be, as itself. */
  private static final OwnerTranslation EVERYBODY =
      new OwnerTranslation(IdMapping.of(0, 0, 0xffff_ffffL));

  private MappedOwners() {}

  /**
   * Shows an open layer with the owners of a view. All layers that work together have to come from
   * here, also those without a mapping.
   *
   * @param layer an open directory, which belongs to the result from now on
   * @param mapping what its owners become; empty if they stay as they are
   * @return the same directory with these owners
   */
  public static LayerDirectory of(LayerDirectory layer, Optional<IdMapping> mapping) {
    return new MappedDirectory(layer, mapping.map(OwnerTranslation::new).orElse(null));
  }

  /**
   * Shows a directory with the same mapping as another, so that entries can be moved between them.
   *
   * @param other a directory, of any kind
   * @param directory an open directory, which belongs to the result from now on
   * @return a directory with the mapping of the other
   */
  public static LayerDirectory like(LayerDirectory other, LayerDirectory directory) {
    return other instanceof MappedDirectory from && directory instanceof MappedDirectory to
        ? new MappedDirectory(to.base(), from.owners().orElse(null))
        : directory;
  }

  /**
   * Tells whether a directory shows other owners than it has.
   *
   * @param directory a directory, of any kind
   * @return whether it has a mapping
   */
  public static boolean isMapped(LayerDirectory directory) {
    return directory instanceof MappedDirectory mapped && mapped.owners().isPresent();
  }

  /**
   * Tells whether the owner of an entry is nobody only because the mapping does not have it.
   *
   * @param directory the directory of the entry
   * @param name its name
   * @return whether the owner or group that is shown stands for another one
   * @throws IOException if it cannot be told who owns it
   */
  public static boolean isNobody(LayerDirectory directory, Name name) throws IOException {
    if (!(directory instanceof MappedDirectory mapped) || mapped.owners().isEmpty()) {
      return false;
    }
    EntryStat stat = LayerEntries.present(mapped.base(), name);
    return !mapped.owners().get().knowsOwner(stat);
  }

  /**
   * Tells what of the owners of an entry could not be said in another layer.
   *
   * @param from the directory of the entry
   * @param name its name
   * @param to a directory of the layer that is to take it
   * @return what would be lost, in a few words; empty if nothing
   * @throws IOException if the entry cannot be read
   */
  public static Optional<String> lost(LayerDirectory from, Name name, LayerDirectory to)
      throws IOException {
    if (!isMapped(from) && !isMapped(to)) {
      return Optional.empty();
    }
    EntryStat stat = LayerEntries.present(from, name);
    String owner =
        Integer.toUnsignedString(stat.owner()) + ":" + Integer.toUnsignedString(stat.group());
    if (isNobody(from, name)) {
      return Optional.of("an owner that the mapping of its layer does not have");
    }
    Optional<OwnerTranslation> target =
        to instanceof MappedDirectory mapped ? mapped.owners() : Optional.empty();
    if (target.isPresent()
        && (target.get().users().toDisk(stat.owner()).isEmpty()
            || target.get().groups().toDisk(stat.group()).isEmpty())) {
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
