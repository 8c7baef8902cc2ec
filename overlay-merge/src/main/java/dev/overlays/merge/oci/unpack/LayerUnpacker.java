package dev.overlays.merge.oci.unpack;

import dev.overlays.OverlayException;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.oci.tar.TarReader;
import dev.overlays.merge.oci.tar.WhiteoutName;
import dev.overlays.merge.oci.value.OciTreatment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Unpacks the entries of an archive into a layer. Each step opens a single name, so that no link is
 * followed.
 */
public final class LayerUnpacker {
  private final TarReader reader;
  private final DirectoryStack directories;
  private final ImportChoices choices;
  private final ArchiveRefusals refusals;
  private final ImportTally tally;
  private final EntryPathParser pathParser;
  private final KeptTimes keptTimes;
  private final AttributeImport attributes;
  private final WhiteoutOnlyDirectories whiteoutOnly;
  private final CreationQueue creations;
  private final LeafUnpacker leaves;

  public LayerUnpacker(
      TarReader reader,
      DirectoryStack place,
      ImportChoices choices,
      ArchiveRefusals refusals,
      ImportTally tally) {
    this.reader = reader;
    this.directories = place;
    this.choices = choices;
    this.refusals = refusals;
    this.tally = tally;
    pathParser = new EntryPathParser(refusals, choices.limits());
    keptTimes = new KeptTimes(place.rootDirectory());
    attributes = new AttributeImport(choices, refusals, tally, keptTimes);
    creations = place.creationQueue();
    whiteoutOnly = place.whiteoutOnlyDirectories();
    leaves =
        new LeafUnpacker(
            reader, place, choices, refusals, tally, pathParser, attributes, whiteoutOnly);
  }

  public void run() throws IOException {
    try (keptTimes) {
      unpackEntries();
    } catch (IOException | RuntimeException e) {
      creations.awaitBefore(e);
      throw e;
    }
  }

  private void unpackEntries() throws IOException {
    for (TarEntry entry = reader.nextEntry(); entry != null; entry = reader.nextEntry()) {
      if (++tally.entries > choices.limits().entries()) {
        throw refusals.tooLarge(entry.path(), "exceeds the limit of entries");
      }
      unpackEntry(entry, pathParser.parsePath(entry));
    }
    creations.awaitAll();
    LayerEntries.removeTree(directories.goToRoot(), AufsNames.PSEUDO_LINKS);
    directories.leaveAll();
  }

  private void unpackEntry(TarEntry entry, EntryPath path) throws IOException {
    if (path.isRoot()) {
      unpackRoot(entry);
    } else if (AufsNames.isAufsPath(path.names())) {
      // Other entries are links to it; run() removes it after the last entry.
      if (AufsNames.isPseudoLink(path.names()) && entry.kind() == TarKind.FILE) {
        createLeaf(entry, path);
      }
    } else if (path.isInsideWhiteout()) {
      throw refusals.unsafeEntry(entry.path(), "is in a whiteout");
    } else if (path.isWhiteout()) {
      unpackWhiteout(entry, path.parentNames(), path.lastName());
    } else if (entry.kind() == TarKind.DIRECTORY) {
      goTo(entry, path.names());
      whiteoutOnly.removeNamed(path.names());
      setDirectoryAttributes(entry);
    } else if (acceptsEntry(entry)) {
      createLeaf(entry, path);
    }
  }

  private void createLeaf(TarEntry entry, EntryPath path) throws IOException {
    leaves.createLeaf(entry, goTo(entry, path.parentNames()), path);
  }

  private void unpackRoot(TarEntry entry) throws IOException {
    if (entry.kind() != TarKind.DIRECTORY) {
      throw refusals.unsafeEntry(entry.path(), "replaces the root of the layer");
    }
    goTo(entry, List.of());
    setDirectoryAttributes(entry);
  }

  private void setDirectoryAttributes(TarEntry entry) throws IOException {
    TarEntry taken = attributes.acceptedEntry(entry);
    directories.setFinish(directory -> attributes.applyAttributes(directory, Name.SELF, taken));
  }

  private LayerDirectory goTo(TarEntry entry, List<Name> path) throws IOException {
    Optional<LayerDirectory> directory = directories.goTo(path);
    if (directory.isEmpty()) {
      throw refusals.unsafeEntry(
          entry.path(), "needs a directory where the archive has a link, a file or a device");
    }
    return directory.get();
  }

  /**
   * Whether a whiteout is below a file of the archive, as umoci writes it. The file hides
   * everything already.
   */
  private boolean isInFile(List<Name> parents) throws IOException {
    return directories.goTo(parents).isEmpty();
  }

  /**
   * Whether a whiteout is below a missing directory, and a directory around that hides everything
   * already. The missing one would be shown as an empty directory.
   *
   * @param there how many directories of the path exist
   */
  private boolean isHiddenAnyway(List<Name> parents, int there) throws IOException {
    return there < parents.size()
        && directories.goTo(parents.subList(0, there)).isPresent()
        && directories.hidesBelow();
  }

  private void unpackWhiteout(TarEntry entry, List<Name> parents, Name sign) throws IOException {
    if (entry.kind() != TarKind.FILE && entry.kind() != TarKind.HARD_LINK) {
      throw refusals.unsafeEntry(entry.path(), "has the name of a whiteout but is not a file");
    }
    tally.whiteouts++;
    creations.awaitAll();
    boolean opaque = sign.equals(WhiteoutName.OPAQUE);
    if (opaque && parents.isEmpty()) {
      throw refusals.unsupportedEntry(
          entry.path(), "hides all lower layers, which an overlay cannot express");
    }
    Name hidden = opaque ? null : hiddenName(entry, sign);
    int there = directories.countDirectories(parents);
    if (there < 0 || (!opaque && isHiddenAnyway(parents, there)) || isInFile(parents)) {
      // The same archive deletes or replaces the directory around it.
      return;
    }
    LayerDirectory directory = goTo(entry, parents);
    if (opaque) {
      directories.hideBelow();
      return;
    }
    whiteoutOnly.addCreated(parents, there);
    Optional<EntryStat> stat = directory.stat(hidden);
    List<Name> path = new ArrayList<>(parents);
    path.add(hidden);
    if (stat.isPresent()
        && stat.get().isDirectory()
        && whiteoutOnly.holdsWhiteoutsOnly(directory, path)) {
      LayerEntries.removeTree(directory, hidden);
      stat = Optional.empty();
    }
    if (stat.isEmpty()) {
      directories.hideName(hidden);
    } else if (stat.get().isDirectory()) {
      // A whiteout hides the lowers only, not the same archive's entries. Of these only a directory
      // does not hide the lowers by itself.
      goTo(entry, path);
      directories.hideBelow();
    }
  }

  private Name hiddenName(TarEntry entry, Name sign) throws OverlayException {
    try {
      return WhiteoutName.hiddenName(sign);
    } catch (IllegalArgumentException e) {
      throw refusals.unsafeEntry(entry.path(), "is a whiteout that hides no valid name");
    }
  }

  private boolean acceptsEntry(TarEntry entry) throws IOException {
    if (!entry.kind().isDevice()) {
      return true;
    }
    boolean whiteout =
        entry.kind() == TarKind.CHARACTER_DEVICE
            && entry.deviceMajor() == 0
            && entry.deviceMinor() == 0;
    if (whiteout) {
      throw refusals.unsupportedEntry(
          entry.path(), "is a whiteout in the kernel's form, which an archive does not have");
    }
    if (choices.devices() == OciTreatment.REFUSE) {
      throw refusals.privilegedEntry(entry.path(), "is a device", "devices");
    }
    if (choices.devices() == OciTreatment.LEAVE_OUT) {
      tally.devicesLeftOut++;
    }
    if (choices.devices() != OciTreatment.TAKE) {
      return false;
    }
    if (entry.deviceMajor() < 0 || entry.deviceMinor() < 0) {
      throw refusals.unsupportedEntry(
          entry.path(), "is a device with a number that Linux cannot have");
    }
    return true;
  }
}
