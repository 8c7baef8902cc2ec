package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Unpacks the entries of an archive into a layer. Each step opens a single name, so that no link is
 * followed.
 */
final class Unpacking {
  private final TarReader reader;
  private final OpenPath place;
  private final Choices choices;
  private final Refusals refusals;
  private final ImportTally tally;
  private final EntryNames names;
  private final EntryAttributes attributes;
  private final SignsOnly signsOnly = new SignsOnly();

  Unpacking(
      TarReader reader, OpenPath place, Choices choices, Refusals refusals, ImportTally tally) {
    this.reader = reader;
    this.place = place;
    this.choices = choices;
    this.refusals = refusals;
    this.tally = tally;
    names = new EntryNames(refusals, choices.limits());
    attributes = new EntryAttributes(choices, refusals, tally);
  }

  void run() throws IOException {
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      if (++tally.entries > choices.limits().entries()) {
        throw refusals.tooLarge(entry.path(), "exceeds the limit of entries");
      }
      unpack(entry, names.of(entry));
    }
    LayerEntries.removeTree(place.goToRoot(), AufsNames.PSEUDO_LINKS);
    place.leaveAll();
  }

  private void unpack(TarEntry entry, EntryPath path) throws IOException {
    if (path.isRoot()) {
      root(entry);
    } else if (AufsNames.is(path.names())) {
      // Other entries are links to it; run() removes it after the last entry.
      if (AufsNames.isPseudoLink(path.names()) && entry.kind() == TarKind.FILE) {
        leaf(entry, go(entry, path.parents()), path.name());
      }
    } else if (path.isInSign()) {
      throw refusals.unsafe(entry.path(), "is in a whiteout");
    } else if (path.isSign()) {
      sign(entry, path.parents(), path.name());
    } else if (entry.kind() == TarKind.DIRECTORY) {
      go(entry, path.names());
      signsOnly.named(path.names());
      finish(entry);
    } else if (isTaken(entry)) {
      leaf(entry, go(entry, path.parents()), path.name());
    }
  }

  private void root(TarEntry entry) throws IOException {
    if (entry.kind() != TarKind.DIRECTORY) {
      throw refusals.unsafe(entry.path(), "replaces the root of the layer");
    }
    go(entry, List.of());
    finish(entry);
  }

  private void finish(TarEntry entry) throws IOException {
    TarEntry taken = attributes.taken(entry);
    place.finish(directory -> attributes.set(directory, Name.SELF, taken));
  }

  private LayerDirectory go(TarEntry entry, List<Name> path) throws IOException {
    Optional<LayerDirectory> directory = place.go(path);
    if (directory.isEmpty()) {
      throw refusals.unsafe(
          entry.path(), "needs a directory where the archive has a link, a file or a device");
    }
    return directory.get();
  }

  /**
   * Whether a whiteout is below a file of the archive, as umoci writes it. The file hides
   * everything already.
   */
  private boolean isInFile(List<Name> parents) throws IOException {
    return place.go(parents).isEmpty();
  }

  private void sign(TarEntry entry, List<Name> parents, Name sign) throws IOException {
    if (entry.kind() != TarKind.FILE && entry.kind() != TarKind.HARD_LINK) {
      throw refusals.unsafe(entry.path(), "has the name of a whiteout but is not a file");
    }
    tally.whiteouts++;
    boolean opaque = sign.equals(WhiteoutName.OPAQUE);
    if (opaque && parents.isEmpty()) {
      throw refusals.unsupported(
          entry.path(), "hides all lower layers, which an overlay cannot express");
    }
    Name hidden = opaque ? null : hidden(entry, sign);
    int there = place.directories(parents);
    if (there < 0 || isInFile(parents)) {
      // The same archive deletes or replaces the directory around it.
      return;
    }
    LayerDirectory directory = go(entry, parents);
    if (opaque) {
      place.hideBelow();
      return;
    }
    signsOnly.made(parents, there);
    Optional<EntryStat> stat = directory.stat(hidden);
    List<Name> path = new ArrayList<>(parents);
    path.add(hidden);
    if (stat.isPresent() && stat.get().isDirectory() && signsOnly.isOne(directory, path)) {
      LayerEntries.removeTree(directory, hidden);
      stat = Optional.empty();
    }
    if (stat.isEmpty()) {
      place.hide(hidden);
    } else if (stat.get().isDirectory()) {
      // A whiteout hides the lowers only, not the same archive's entries. Of these only a directory
      // does not hide the lowers by itself.
      go(entry, path);
      place.hideBelow();
    }
  }

  private Name hidden(TarEntry entry, Name sign) throws OverlayException {
    try {
      return WhiteoutName.hidden(sign);
    } catch (IllegalArgumentException e) {
      throw refusals.unsafe(entry.path(), "is a whiteout that hides no valid name");
    }
  }

  private boolean isTaken(TarEntry entry) throws IOException {
    if (!entry.kind().isDevice()) {
      return true;
    }
    boolean whiteout =
        entry.kind() == TarKind.CHARACTER_DEVICE
            && entry.deviceMajor() == 0
            && entry.deviceMinor() == 0;
    if (whiteout) {
      throw refusals.unsupported(
          entry.path(), "is a whiteout in the kernel's form, which an archive does not have");
    }
    if (choices.devices() == OciTreatment.REFUSE) {
      throw refusals.privileged(entry.path(), "is a device", "devices");
    }
    if (choices.devices() == OciTreatment.LEAVE_OUT) {
      tally.devicesLeftOut++;
    }
    if (choices.devices() != OciTreatment.TAKE) {
      return false;
    }
    if (entry.deviceMajor() < 0 || entry.deviceMinor() < 0) {
      throw refusals.unsupported(entry.path(), "is a device with a number that Linux cannot have");
    }
    return true;
  }

  private void leaf(TarEntry entry, LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> there = directory.stat(name);
    if (there.isPresent() && !there.get().isWhiteoutDevice()) {
      throw refusals.unsafe(entry.path(), "is in the archive twice, or replaces a directory");
    }
    if (there.isPresent()) {
      directory.remove(name);
    }
    switch (entry.kind()) {
      case FILE -> file(entry, directory, name);
      case HARD_LINK -> {
        hardLink(entry, directory, name);
        return;
      }
      case SYMLINK -> directory.createSymlink(name, target(entry));
      default ->
          directory.createNode(name, entry.kind().type(), entry.deviceMajor(), entry.deviceMinor());
    }
    attributes.set(directory, name, attributes.taken(entry));
  }

  private void file(TarEntry entry, LayerDirectory directory, Name name) throws IOException {
    OciLimits limits = choices.limits();
    if (entry.size() > limits.fileBytes() || entry.size() > limits.totalBytes() - tally.bytes) {
      throw refusals.tooLarge(entry.path(), "has " + entry.size() + " bytes, more than the limit");
    }
    tally.bytes += entry.size();
    if (entry.sparse() != null) {
      FileData.write(reader.data(), entry.sparse(), directory, name);
    } else {
      FileData.write(reader.data(), entry.size(), directory, name);
    }
  }

  private byte[] target(TarEntry entry) throws OverlayException {
    byte[] target = entry.target().toBytes();
    boolean ends = target.length == 0;
    for (byte b : target) {
      ends |= b == 0;
    }
    if (ends || target.length > choices.limits().pathBytes()) {
      throw refusals.unsafe(entry.path(), "is a symbolic link whose target is not a valid path");
    }
    return target;
  }

  private void hardLink(TarEntry entry, LayerDirectory directory, Name name) throws IOException {
    boolean[] linked = {false};
    place.find(
        names.ofTarget(entry),
        (layer, from, old, stat) -> {
          if (stat.type() == EntryType.SYMLINK) {
            linkSymlink(from, old, stat, directory, name);
            linked[0] = true;
          } else if (!stat.isDirectory() && !stat.isWhiteoutDevice()) {
            from.createLink(old, directory, name);
            linked[0] = true;
          }
        });
    if (!linked[0]) {
      throw refusals.unsafe(
          entry.path(),
          "is a hard link to " + entry.target() + ", which is not an earlier file of the archive");
    }
  }

  /**
   * Creates a hard link to a symbolic link, as GNU tar and bsdtar write them; a second symbolic
   * link if the store cannot.
   */
  private void linkSymlink(
      LayerDirectory from, Name old, EntryStat stat, LayerDirectory directory, Name name)
      throws IOException {
    try {
      from.createLink(old, directory, name);
    } catch (FileSystemException e) {
      directory.createSymlink(name, from.readSymlink(old));
      if (!choices.squashOwners()) {
        directory.setOwner(name, stat.owner(), stat.group());
      }
      directory.setTimes(name, stat.accessed(), stat.modified());
    }
  }
}
