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
  private final OpenLayers layers;
  private final WorkStaging staging;
  private final FileData data;

  CopyUp(UnionTree tree) {
    this.tree = tree;
    layers = tree.layers();
    staging = layers.staging();
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
  LayerDirectory directory(UnionDirectory directory) throws IOException {
    Deque<UnionDirectory> lowers = new ArrayDeque<>();
    for (UnionDirectory at = directory; at.isRemoved() || !at.inUpper(); at = at.parent()) {
      if (at.isRemoved()) {
        throw ErrorNumber.ENOENT.exception();
      }
      lowers.push(at);
    }
    for (UnionDirectory next : lowers) {
      Name staged = staging.fresh();
      staging.directory().createDirectory(staged);
      publish(next.self(), staged, next.parent().upper(), next.name());
      next.copiedUp();
    }
    return directory.upper();
  }

  /** Returns the upper's own entry for a place, and copies it up if it is missing. */
  UnionEntry entry(ResolvedPlace place, CopyAmount amount) throws IOException {
    UnionEntry shown = place.present();
    if (shown.isDirectory()) {
      UnionDirectory directory = place.asDirectory();
      LayerDirectory upper = directory(directory);
      return UnionEntry.upper(upper, Name.SELF, LayerEntries.present(upper, Name.SELF));
    }
    if (shown.inUpper()) {
      if (amount != CopyAmount.METADATA && data.isMetacopy(shown)) {
        data.complete(place, amount == CopyAmount.EMPTY);
        tree.files().copied(place, shown, shown);
      }
      return shown;
    }
    LayerDirectory upper = directory(place.directory());
    boolean metacopy =
        amount == CopyAmount.METADATA && shown.isFile() && layers.options().metacopy();
    Name staged = staging.fresh();
    try {
      make(place, staged, metacopy, amount == CopyAmount.EMPTY);
    } catch (IOException | RuntimeException e) {
      staging.discard(staged, e);
      throw e;
    }
    publish(shown, staged, upper, place.name());
    UnionEntry copy =
        UnionEntry.upper(upper, place.name(), LayerEntries.present(upper, place.name()));
    tree.identities().copiedUp(shown.stat(), copy.stat());
    if (metacopy) {
      tree.files().renamed(place, shown, copy);
    } else {
      tree.files().copied(place, shown, copy);
    }
    return copy;
  }

  private void make(ResolvedPlace place, Name staged, boolean metacopy, boolean empty)
      throws IOException {
    UnionEntry lower = place.present();
    LayerDirectory to = staging.directory();
    switch (lower.stat().type()) {
      case FILE -> {
        to.createFile(staged).close();
        if (metacopy) {
          data.leaveOut(lower, staged);
        } else if (!empty) {
          data.copy(place, to, staged);
        }
      }
      case SYMLINK -> to.createSymlink(staged, lower.directory().readSymlink(lower.name()));
      default ->
          to.createNode(
              staged, lower.stat().type(), lower.stat().deviceMajor(), lower.stat().deviceMinor());
    }
  }

  /** Copies the attributes to a staged copy and publishes it; the directory keeps its times. */
  private void publish(UnionEntry lower, Name staged, LayerDirectory parent, Name name)
      throws IOException {
    LayerDirectory from = staging.directory();
    try {
      AttributeCopy.copy(
          lower.directory(), lower.name(), lower.stat(), from, staged, layers.marks());
      protect(lower, from, staged);
      EntryStat before = LayerEntries.present(parent, Name.SELF);
      from.rename(staged, parent, name);
      parent.setTimes(Name.SELF, before.accessed(), before.modified());
    } catch (IOException | RuntimeException e) {
      staging.discard(staged, e);
      throw e;
    }
  }

  /**
   * Records the lower's chattr flags in a mark: the copy shows them, but the view can write to it.
   */
  private void protect(UnionEntry lower, LayerDirectory directory, Name staged) throws IOException {
    String letters = (lower.stat().appendOnly() ? "a" : "") + (lower.stat().immutable() ? "i" : "");
    if (!letters.isEmpty()) {
      directory.setXattr(
          staged, layers.xattr(Mark.PROTATTR), letters.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
