package dev.overlays.merge.oci.unpack;

import dev.overlays.OverlayException;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.oci.tar.TarReader;
import dev.overlays.merge.oci.value.OciLimits;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/**
 * Creates the entries that are no directories. Small files, symbolic links, pipes and devices go to
 * a queue; hard links and large files are created at once.
 */
final class LeafUnpacker {
  private final TarReader reader;
  private final DirectoryStack directories;
  private final CreationQueue creations;
  private final ImportChoices choices;
  private final ArchiveRefusals refusals;
  private final ImportTally tally;
  private final EntryPathParser pathParser;
  private final AttributeImport attributes;
  private final WhiteoutOnlyDirectories whiteoutOnly;

  LeafUnpacker(
      TarReader reader,
      DirectoryStack directories,
      ImportChoices choices,
      ArchiveRefusals refusals,
      ImportTally tally,
      EntryPathParser pathParser,
      AttributeImport attributes,
      WhiteoutOnlyDirectories whiteoutOnly) {
    this.reader = reader;
    this.directories = directories;
    this.choices = choices;
    this.refusals = refusals;
    this.tally = tally;
    this.pathParser = pathParser;
    this.attributes = attributes;
    this.whiteoutOnly = whiteoutOnly;
    creations = directories.creationQueue();
    creations.setMaker(this::makeEntry);
  }

  /** Creates an entry at a path, now or soon, in its open directory. */
  void createLeaf(TarEntry entry, LayerDirectory directory, EntryPath path) throws IOException {
    Name name = path.lastName();
    removeWhiteoutOnly(directory, path);
    if (entry.kind() == TarKind.HARD_LINK) {
      creations.awaitAll();
      makeRoom(entry, directory, name);
      createHardLink(entry, directory, name);
      return;
    }
    creations.awaitEntry(directory, name);
    if (entry.kind() != TarKind.FILE) {
      createSoon(entry, directory, name, creations.batchWithRoom(0));
    } else if (isSmall(entry)) {
      CreationBatch batch = creations.batchWithRoom(entry.size());
      readSmallFile(entry, directory, name, batch);
      createSoon(entry, directory, name, batch);
    } else {
      makeRoom(entry, directory, name);
      checkSize(entry);
      writeLargeFile(entry, directory, name);
      attributes.applyAttributes(directory, name, attributes.acceptedEntry(entry));
    }
  }

  /**
   * Removes a directory in place of the entry that holds nothing but whiteouts of what was in it:
   * the entry hides as much.
   */
  private void removeWhiteoutOnly(LayerDirectory directory, EntryPath path) throws IOException {
    if (whiteoutOnly.isRemembered(path.names())) {
      creations.awaitAll();
      if (directory.stat(path.lastName()).filter(EntryStat::isDirectory).isPresent()
          && whiteoutOnly.holdsWhiteoutsOnly(directory, path.names())) {
        LayerEntries.removeTree(directory, path.lastName());
      }
    }
  }

  private void readSmallFile(
      TarEntry entry, LayerDirectory directory, Name name, CreationBatch batch) throws IOException {
    try {
      checkSize(entry);
      FileDataWriter.readData(reader.entryData(), (int) entry.size(), batch);
    } catch (IOException e) {
      // An entry that may not be there is refused for that, whatever else is wrong with it.
      creations.awaitBefore(e);
      makeRoom(entry, directory, name);
      throw e;
    }
  }

  private static boolean isSmall(TarEntry entry) {
    return entry.sparse() == null && entry.size() <= FileDataWriter.MOST_AT_ONCE;
  }

  /** Lets a helper create an entry, whose data the batch has. */
  private void createSoon(TarEntry entry, LayerDirectory directory, Name name, CreationBatch batch)
      throws IOException {
    int data = batch.dataLength();
    try {
      TarEntry taken = attributes.acceptedEntry(entry);
      creations.addEntry(new NewEntry(entry, directory, name, taken, null, data));
    } catch (OverlayException e) {
      creations.addEntry(new NewEntry(entry, directory, name, null, e, data));
      creations.awaitAll();
    }
  }

  /** Creates an entry; any thread may do that. */
  private void makeEntry(NewEntry made, byte[] data) throws IOException {
    try {
      createNew(made, data);
    } catch (FileAlreadyExistsException e) {
      makeRoom(made.entry(), made.directory(), made.name());
      createNew(made, data);
    }
    if (made.refusal() != null) {
      throw made.refusal();
    }
    attributes.applyAttributes(made.directory(), made.name(), made.attributes());
  }

  private void createNew(NewEntry made, byte[] data) throws IOException {
    TarEntry entry = made.entry();
    switch (entry.kind()) {
      case FILE -> FileDataWriter.writeData(data, made);
      case SYMLINK -> made.directory().createSymlink(made.name(), linkTarget(entry));
      default ->
          made.directory()
              .createNode(
                  made.name(), entry.kind().layerType(), entry.deviceMajor(), entry.deviceMinor());
    }
  }

  /** Removes a whiteout that the archive has for the same name, and refuses any other entry. */
  private void makeRoom(TarEntry entry, LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> there = directory.stat(name);
    if (there.isPresent() && !there.get().isWhiteoutDevice()) {
      throw refusals.unsafeEntry(entry.path(), "is in the archive twice, or replaces a directory");
    }
    if (there.isPresent()) {
      directory.remove(name);
    }
  }

  private void checkSize(TarEntry entry) throws IOException {
    OciLimits limits = choices.limits();
    if (entry.size() > limits.fileBytes() || entry.size() > limits.totalBytes() - tally.bytes) {
      throw refusals.tooLarge(entry.path(), "has " + entry.size() + " bytes, more than the limit");
    }
    tally.bytes += entry.size();
  }

  private void writeLargeFile(TarEntry entry, LayerDirectory directory, Name name)
      throws IOException {
    if (entry.sparse() != null) {
      FileDataWriter.writeData(reader.entryData(), entry.sparse(), directory, name);
    } else {
      FileDataWriter.writeData(reader.entryData(), entry.size(), directory, name);
    }
  }

  private byte[] linkTarget(TarEntry entry) throws OverlayException {
    byte[] target = entry.target().toBytes();
    boolean ends = target.length == 0;
    for (byte b : target) {
      ends |= b == 0;
    }
    if (ends || target.length > choices.limits().pathBytes()) {
      throw refusals.unsafeEntry(
          entry.path(), "is a symbolic link whose target is not a valid path");
    }
    return target;
  }

  private void createHardLink(TarEntry entry, LayerDirectory directory, Name name)
      throws IOException {
    boolean[] linked = {false};
    directories.findEntry(
        pathParser.parseTarget(entry),
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
      throw refusals.unsafeEntry(
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
