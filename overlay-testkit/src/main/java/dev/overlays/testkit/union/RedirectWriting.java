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
final class RedirectWriting {
  /** The longest redirect that the kernel accepts by default; a module parameter changes it. */
  private static final int LONGEST = 256;

  private final OpenLayers layers;
  private final FileData data;
  private final UpperPublication publication;

  RedirectWriting(OpenLayers layers) {
    this.layers = layers;
    data = new FileData(layers);
    publication = new UpperPublication(layers);
  }

  /**
   * Sets the marks that a copied-up entry needs at its new place; they do not change what the old
   * place shows.
   */
  void prepare(ResolvedPlace from, ResolvedPlace to) throws IOException {
    ResolvedPlace copied = from.again();
    UnionEntry entry = copied.present();
    boolean sameDirectory = from.directory() == to.directory();
    if (entry.isDirectory()) {
      if (copied.asDirectory().isMerged()) {
        set(copied, sameDirectory);
      } else if (to.directory().isMerged()) {
        makeOpaque(entry);
      }
    } else if (data.isMetacopy(entry)) {
      set(copied, sameDirectory && !isLinkedBelow(copied));
    }
  }

  private void makeOpaque(UnionEntry entry) throws IOException {
    if (!LayerEntries.isOpaque(entry.directory(), entry.name(), layers.marks())) {
      publication.makeOpaque(entry.directory(), entry.name());
    }
  }

  /**
   * Whether the lower's file has several names; then the redirect must be a path, because the names
   * of the copy may be in other directories.
   */
  private static boolean isLinkedBelow(ResolvedPlace place) throws IOException {
    return place
        .directory()
        .below()
        .find(place.name())
        .filter(below -> below.stat().links() > 1)
        .isPresent();
  }

  /** Sets the redirect of a metacopy file before it gets another name. */
  void prepareLink(ResolvedPlace place) throws IOException {
    if (data.isMetacopy(place.present())) {
      set(place, false);
    }
  }

  private void set(ResolvedPlace place, boolean sibling) throws IOException {
    LayerDirectory upper = place.directory().upper();
    Optional<byte[]> old = upper.xattr(place.name(), layers.xattr(Mark.REDIRECT));
    if (old.isPresent() && (sibling || isAbsolute(old.get()))) {
      return;
    }
    byte[] redirect = sibling ? place.name().toBytes() : path(place.directory(), place.name());
    if (redirect.length > LONGEST) {
      throw ErrorNumber.EXDEV.exception();
    }
    upper.setXattr(place.name(), layers.xattr(Mark.REDIRECT), redirect);
  }

  /**
   * Returns the path in the layers below: the path in the view, with the redirects of renamed
   * directories applied.
   */
  private byte[] path(UnionDirectory directory, Name name) throws IOException {
    Deque<byte[]> names = new ArrayDeque<>();
    UnionDirectory at = directory;
    byte[] step = step(at, name);
    while (!isAbsolute(step) && !at.isRoot()) {
      names.push(step);
      step = step(at.parent(), at.name());
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

  private byte[] step(UnionDirectory directory, Name name) throws IOException {
    return directory.upper().xattr(name, layers.xattr(Mark.REDIRECT)).orElseGet(name::toBytes);
  }

  private static boolean isAbsolute(byte[] redirect) {
    return redirect.length > 0 && redirect[0] == '/';
  }
}
