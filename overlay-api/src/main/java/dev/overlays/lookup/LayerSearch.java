package dev.overlays.lookup;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One search for a name or path from layer to layer. What is found in a layer decides whether the
 * search continues below, and under which name. Source: the kernel's fs/overlayfs/namei.c, {@code
 * ovl_lookup}, {@code ovl_lookup_layer} and {@code ovl_lookup_single}.
 */
final class LayerSearch {
  /** NAME_MAX. */
  private static final int NAME_MAX = 255;

  private final LayerRoots roots;
  private final MarkNamespace marks;
  private final LookupVisitor visitor;
  private boolean absolute;
  private boolean leadsToData;
  private List<Name> path;
  private boolean stopped;
  private boolean isDirectory;
  private boolean found;
  private boolean lacksData;
  private boolean opened;
  private DataFile data;

  /**
   * Makes a search in the directories of one parent; or from the roots, if the start is an absolute
   * path.
   */
  LayerSearch(LayerRoots roots, RedirectTarget start, LookupVisitor hit) {
    this.roots = roots;
    marks = roots.markNamespace();
    absolute = start.absolute();
    leadsToData = absolute;
    path = start.names();
    this.visitor = hit;
  }

  /** Makes a search for the data of a file, which {@link #dataFile} returns. */
  LayerSearch(LayerRoots roots, RedirectTarget start) {
    this.roots = roots;
    marks = roots.markNamespace();
    absolute = start.absolute();
    leadsToData = absolute;
    path = start.names();
    visitor = this::takeData;
  }

  private void takeData(int layer, LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    boolean dataOnly = layer >= roots.namedRoots().size();
    if (stat.type() == EntryType.FILE && (dataOnly || !lacksData)) {
      data = new DataFile(layer, directory, name, stat, opened);
    }
  }

  /** Returns the data that the search found; empty if there is none. */
  Optional<DataFile> dataFile() {
    return Optional.ofNullable(data);
  }

  /** Closes a directory that the search opened, unless the data is in it. */
  private void closeOpened(LayerDirectory directory, LayerDirectory root) throws IOException {
    if (directory != root && (data == null || data.directory() != directory)) {
      directory.close();
    }
  }

  /**
   * Searches the parts of the parent, without the layers above the first one. Returns whether
   * something was found.
   */
  boolean searchLayers(List<MergedPart> parent, int firstLayer) throws IOException {
    int layer = firstLayer;
    for (int i = 0; i < parent.size() && !absolute && !stopped; i++) {
      MergedPart part = parent.get(i);
      if (part.layer() >= layer) {
        searchName(part.layer(), part.directory(), path.get(0), 0);
        layer = part.layer() + 1;
      }
    }
    for (; absolute && layer < roots.namedRoots().size() && !stopped; layer++) {
      searchPath(layer, roots.namedRoots().get(layer), path);
    }
    // The kernel takes data from data-only layers for metacopy files of a lower, never of the
    // upper.
    boolean wantsData = found ? lacksData : firstLayer > 0;
    if (leadsToData && wantsData && !isDirectory) {
      // This does not depend on what ended the search in the layers that show names.
      searchDataLayers();
    }
    return found;
  }

  /**
   * Searches the data-only layers for a regular file at the path from the root. Marks in them are
   * ignored. Source: {@code ovl_lookup_data_layer}.
   */
  private void searchDataLayers() throws IOException {
    List<LayerDirectory> layers = roots.dataOnlyRoots();
    for (int i = 0; i < layers.size(); i++) {
      if (searchDataLayer(roots.namedRoots().size() + i, layers.get(i))) {
        found = true;
        return;
      }
    }
  }

  private boolean searchDataLayer(int layer, LayerDirectory root) throws IOException {
    LayerDirectory directory = root;
    try {
      int last = path.size() - 1;
      for (Name name : path.subList(0, last)) {
        if (statIfPossible(directory, name).filter(EntryStat::isDirectory).isEmpty()) {
          return false;
        }
        LayerDirectory inner = directory.open(name);
        LayerDirectory outer = directory;
        directory = inner;
        if (outer != root) {
          outer.close();
        }
      }
      Optional<EntryStat> stat = statIfPossible(directory, path.get(last));
      if (stat.filter(file -> file.type() == EntryType.FILE).isEmpty()) {
        return false;
      }
      opened = directory != root;
      visitor.visitFound(layer, directory, path.get(last), stat.get());
      return true;
    } finally {
      closeOpened(directory, root);
    }
  }

  /**
   * Walks down a path within one layer. Redirects on the way apply to the layers below, not to this
   * walk.
   */
  private void searchPath(int layer, LayerDirectory root, List<Name> names) throws IOException {
    LayerDirectory directory = root;
    try {
      int last = names.size() - 1;
      for (int index = 0; index < last; index++) {
        if (!leadsOn(directory, names.get(index), path.size() - (names.size() - index))) {
          return;
        }
        LayerDirectory inner = directory.open(names.get(index));
        LayerDirectory outer = directory;
        directory = inner;
        if (outer != root) {
          outer.close();
        }
      }
      opened = directory != root;
      searchName(layer, directory, names.get(last), path.size() - 1);
    } finally {
      closeOpened(directory, root);
    }
  }

  /** Tells whether the layer has a directory here, in which the search continues. */
  private boolean leadsOn(LayerDirectory directory, Name name, int index) throws IOException {
    Optional<EntryStat> stat = statIfPossible(directory, name);
    if (stat.isEmpty()) {
      return false;
    }
    if (!stat.get().isDirectory()) {
      stopped = true;
      return false;
    }
    if (LayerEntries.isOpaque(directory, name, marks)) {
      stopped = true;
    } else {
      followRedirect(directory, name, index);
    }
    return true;
  }

  /**
   * Returns what is under a name. To the kernel, a name that is too long for any file system does
   * not exist.
   */
  private static Optional<EntryStat> statIfPossible(LayerDirectory directory, Name name)
      throws IOException {
    return name.length() > NAME_MAX ? Optional.empty() : directory.stat(name);
  }

  private void searchName(int layer, LayerDirectory directory, Name name, int index)
      throws IOException {
    Optional<EntryStat> stat = statIfPossible(directory, name);
    if (stat.isEmpty()) {
      return;
    }
    if (!stat.get().isDirectory()) {
      considerFile(layer, directory, name, stat.get(), index);
      return;
    }
    if (found && !isDirectory) {
      // A directory below a metacopy file has no data.
      stopped = true;
      return;
    }
    isDirectory = true;
    found = true;
    if (LayerEntries.isOpaque(directory, name, marks)) {
      stopped = true;
    } else {
      followRedirect(directory, name, index);
    }
    visitor.visitFound(layer, directory, name, stat.get());
  }

  private void considerFile(
      int layer, LayerDirectory directory, Name name, EntryStat stat, int index)
      throws IOException {
    boolean noData = found && stat.type() != EntryType.FILE;
    if (isDirectory || noData || LayerEntries.isWhiteout(directory, name, stat, marks)) {
      stopped = true;
      return;
    }
    found = true;
    lacksData = directory.xattr(name, Mark.METACOPY.xattr(marks)).isPresent();
    if (lacksData) {
      followRedirect(directory, name, index);
    } else {
      stopped = true;
    }
    // This comes last, since the visitor may move the file.
    visitor.visitFound(layer, directory, name, stat);
  }

  /**
   * Follows the redirect of the entry at an index of the path: it says where the entry is in the
   * layers below.
   */
  private void followRedirect(LayerDirectory directory, Name name, int index) throws IOException {
    Optional<RedirectTarget> redirect = RedirectTarget.readMark(directory, name, marks);
    // The kernel remembers only whether the last entry has an absolute redirect.
    leadsToData = redirect.filter(RedirectTarget::absolute).isPresent();
    if (redirect.isPresent()) {
      List<Name> changed = new ArrayList<>(redirect.get().names());
      if (!redirect.get().absolute()) {
        changed.addAll(0, path.subList(0, index));
      }
      changed.addAll(path.subList(index + 1, path.size()));
      if (redirect.get().absolute()) {
        absolute = true;
        // An opaque directory on the way here no longer ends the search.
        stopped = false;
      }
      path = changed;
    }
  }
}
