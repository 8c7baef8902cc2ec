package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Records in the upper the old path of an entry before it is renamed. Source: the kernel's
 * fs/overlayfs/dir.c, {@code ovl_set_redirect} and {@code ovl_get_redirect}.
 */
final class RedirectWriter {
  /** The longest redirect that the kernel accepts by default; a module parameter changes it. */
  private static final int LONGEST_REDIRECT = 256;

  private final UnionLayers layers;
  private final FileData data;
  private final UpperPublisher publisher;

  RedirectWriter(UnionLayers layers) {
    this.layers = layers;
    data = new FileData(layers);
    publisher = new UpperPublisher(layers);
  }

  /**
   * Sets the marks that a copied-up entry needs at its new place; they do not change what the old
   * place shows.
   */
  void prepareRename(ResolvedPath from, ResolvedPath to) throws IOException {
    ResolvedPath copied = from.resolveAgain();
    ViewEntry entry = copied.requireEntry();
    boolean sameDirectory = from.directory() == to.directory();
    if (entry.isDirectory()) {
      if (copied.asDirectory().isMerged()) {
        setRedirect(copied, sameDirectory);
      } else if (to.directory().isMerged()) {
        makeOpaque(entry);
      }
    } else if (data.isMetacopy(entry)) {
      setRedirect(copied, sameDirectory && !isLinkedBelow(copied));
    }
  }

  private void makeOpaque(ViewEntry entry) throws IOException {
    if (!LayerEntries.isOpaque(entry.directory(), entry.name(), layers.markNamespace())) {
      publisher.makeOpaque(entry.directory(), entry.name());
    }
  }

  /**
   * Whether the lower's file has several names; then the redirect must be a path, because the names
   * of the copy may be in other directories.
   */
  private static boolean isLinkedBelow(ResolvedPath place) throws IOException {
    return place
        .directory()
        .mergedBelow()
        .findShown(place.name())
        .filter(below -> below.stat().links() > 1)
        .isPresent();
  }

  /** Sets the redirect of a metacopy file before it gets another name. */
  void prepareLink(ResolvedPath place) throws IOException {
    if (data.isMetacopy(place.requireEntry())) {
      setRedirect(place, false);
    }
  }

  private void setRedirect(ResolvedPath place, boolean sibling) throws IOException {
    LayerDirectory upper = place.directory().upperDirectory();
    Optional<byte[]> old = upper.xattr(place.name(), layers.xattrName(Mark.REDIRECT));
    if (old.isPresent() && (sibling || isAbsolute(old.get()))) {
      return;
    }
    byte[] redirect =
        sibling ? place.name().toBytes() : redirectPath(place.directory(), place.name());
    if (redirect.length > LONGEST_REDIRECT) {
      throw ErrorNumber.EXDEV.toException();
    }
    upper.setXattr(place.name(), layers.xattrName(Mark.REDIRECT), redirect);
  }

  /**
   * Returns the path in the layers below: the path in the view, with the redirects of renamed
   * directories applied.
   */
  private byte[] redirectPath(ViewDirectory directory, Name name) throws IOException {
    Deque<byte[]> names = new ArrayDeque<>();
    ViewDirectory at = directory;
    byte[] step = stepBelow(at, name);
    while (!isAbsolute(step) && !at.isRoot()) {
      names.push(step);
      step = stepBelow(at.parent(), at.name());
      at = at.parent();
    }
    names.push(step);
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (byte[] next : names) {
      if (!isAbsolute(next)) {
        path.write('/');
      }
      path.writeBytes(next);
    }
    return path.toByteArray();
  }

  private byte[] stepBelow(ViewDirectory directory, Name name) throws IOException {
    return directory
        .upperDirectory()
        .xattr(name, layers.xattrName(Mark.REDIRECT))
        .orElseGet(name::toBytes);
  }

  private static boolean isAbsolute(byte[] redirect) {
    return redirect.length > 0 && redirect[0] == '/';
  }
}
