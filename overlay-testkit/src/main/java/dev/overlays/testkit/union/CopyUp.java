package dev.overlays.testkit.union;

import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Copies entries up before they are changed: first the directories that lead to an entry, then the
 * entry. Each copy is prepared in the work directory and published by one rename. Source: the
 * kernel's fs/overlayfs/copy_up.c.
 */
final class CopyUp {
  private final UnionTree tree;
  private final UnionLayers layers;
  private final UnionStaging staging;
  private final FileData data;

  CopyUp(UnionTree tree) {
    this.tree = tree;
    layers = tree.unionLayers();
    staging = layers.stagingDirectory();
    data = new FileData(layers);
  }

  /** How much of a file is copied. */
  enum CopyAmount {
    /** Owner, mode, times and extended attributes. */
    METADATA,
    /** Everything. */
    DATA,
    /** Everything but the content, because the caller truncates it. */
    EMPTY
  }

  /** Returns the upper's own directory, and creates it if it is missing. */
  LayerDirectory copyUpDirectory(ViewDirectory directory) throws IOException {
    Deque<ViewDirectory> lowers = new ArrayDeque<>();
    for (ViewDirectory at = directory; at.isRemoved() || !at.inUpper(); at = at.parent()) {
      if (at.isRemoved()) {
        throw ErrorNumber.ENOENT.toException();
      }
      lowers.push(at);
    }
    for (ViewDirectory next : lowers) {
      Name staged = staging.freshName();
      staging.layerDirectory().createDirectory(staged);
      publishStaged(next.ownEntry(), staged, next.parent().upperDirectory(), next.name());
      next.copiedUp();
    }
    return directory.upperDirectory();
  }

  /** Returns the upper's own entry for a place, and copies it up if it is missing. */
  ViewEntry copyUpEntry(ResolvedPath place, CopyAmount amount) throws IOException {
    ViewEntry shown = place.requireEntry();
    if (shown.isDirectory()) {
      ViewDirectory directory = place.asDirectory();
      LayerDirectory upper = copyUpDirectory(directory);
      return ViewEntry.ofUpper(upper, Name.SELF, LayerEntries.requireStat(upper, Name.SELF));
    }
    if (shown.inUpper()) {
      if (amount != CopyAmount.METADATA && data.isMetacopy(shown)) {
        data.completeMetacopy(place, amount == CopyAmount.EMPTY);
        tree.handleRegistry().dataCopiedUp(place, shown, shown);
      }
      return shown;
    }
    LayerDirectory upper = copyUpDirectory(place.directory());
    boolean metacopy =
        amount == CopyAmount.METADATA && shown.isFile() && layers.overlayOptions().metacopy();
    Name staged = staging.freshName();
    try {
      stageCopy(place, staged, metacopy, amount == CopyAmount.EMPTY);
    } catch (IOException | RuntimeException e) {
      staging.discardEntry(staged, e);
      throw e;
    }
    publishStaged(shown, staged, upper, place.name());
    ViewEntry copy =
        ViewEntry.ofUpper(upper, place.name(), LayerEntries.requireStat(upper, place.name()));
    tree.inodeNumbers().copiedUp(shown.stat(), copy.stat());
    if (metacopy) {
      tree.handleRegistry().metadataCopiedUp(place, shown, copy);
    } else {
      tree.handleRegistry().dataCopiedUp(place, shown, copy);
    }
    return copy;
  }

  private void stageCopy(ResolvedPath place, Name staged, boolean metacopy, boolean empty)
      throws IOException {
    ViewEntry lower = place.requireEntry();
    LayerDirectory to = staging.layerDirectory();
    switch (lower.stat().type()) {
      case FILE -> {
        to.createFile(staged).close();
        if (metacopy) {
          data.makeMetacopy(lower, staged);
        } else if (!empty) {
          data.copyData(place, to, staged);
        }
      }
      case SYMLINK -> to.createSymlink(staged, lower.directory().readSymlink(lower.name()));
      default ->
          to.createNode(
              staged, lower.stat().type(), lower.stat().deviceMajor(), lower.stat().deviceMinor());
    }
  }

  /** Copies the attributes to a staged copy and publishes it; the directory keeps its times. */
  private void publishStaged(ViewEntry lower, Name staged, LayerDirectory parent, Name name)
      throws IOException {
    LayerDirectory from = staging.layerDirectory();
    try {
      AttributeCopy.copyAttributes(
          lower.directory(), lower.name(), lower.stat(), from, staged, layers.markNamespace());
      markProtection(lower, from, staged);
      EntryStat before = LayerEntries.requireStat(parent, Name.SELF);
      staging.publishEntry(staged, parent, name);
      parent.setTimes(Name.SELF, before.accessed(), before.modified());
    } catch (IOException | RuntimeException e) {
      staging.discardEntry(staged, e);
      throw e;
    }
  }

  /**
   * Records the lower's chattr flags in a mark: the copy shows them, but the view can write to it.
   */
  private void markProtection(ViewEntry lower, LayerDirectory directory, Name staged)
      throws IOException {
    String letters = (lower.stat().appendOnly() ? "a" : "") + (lower.stat().immutable() ? "i" : "");
    if (!letters.isEmpty()) {
      directory.setXattr(
          staged, layers.xattrName(Mark.PROTATTR), letters.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
