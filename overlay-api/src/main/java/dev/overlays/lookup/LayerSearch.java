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
 * search goes on below, and under which name. Source: the kernel's fs/overlayfs/namei.c, {@code
 * ovl_lookup}, {@code ovl_lookup_layer} and {@code ovl_lookup_single}.
 */
final class LayerSearch {
  /** NAME_MAX. */
  private static final int LONGEST = 255;

  private final LayerRoots roots;
  private final MarkNamespace marks;
  private final LookupVisitor hit;
  private boolean absolute;
  private boolean leadsToData;
  private List<Name> path;
  private boolean stopped;
  private boolean isDirectory;
  private boolean found;
  private boolean lacksData;

  /** A search in the directories of one parent, or from the roots if there is such a redirect. */
  LayerSearch(LayerRoots roots, RedirectTarget start, LookupVisitor hit) {
    this.roots = roots;
    marks = roots.marks();
    absolute = start.absolute();
    leadsToData = absolute;
    path = start.names();
    this.hit = hit;
  }

  /** Goes through the parts of the parent; layers above the first one are left out. */
  boolean run(List<MergedPart> parent, int firstLayer) throws IOException {
    int layer = firstLayer;
    for (int i = 0; i < parent.size() && !absolute && !stopped; i++) {
      MergedPart part = parent.get(i);
      if (part.layer() >= layer) {
        single(part.layer(), part.directory(), path.get(0), 0);
        layer = part.layer() + 1;
      }
    }
    for (; absolute && layer < roots.named().size() && !stopped; layer++) {
      path(layer, roots.named().get(layer), path);
    }
    // The kernel takes data for a metacopy file of a lower from them, never for one of the upper.
    boolean wantsData = found ? lacksData : firstLayer > 0;
    if (leadsToData && wantsData && !isDirectory) {
      // Whatever has ended the search in the layers that show names.
      data();
    }
    return found;
  }

  /**
   * Data-only layers are asked by the path from the root for a regular file. No mark in them has a
   * say. Source: {@code ovl_lookup_data_layer}.
   */
  private void data() throws IOException {
    List<LayerDirectory> layers = roots.dataOnly();
    for (int i = 0; i < layers.size(); i++) {
      if (isData(roots.named().size() + i, layers.get(i))) {
        found = true;
        return;
      }
    }
  }

  private boolean isData(int layer, LayerDirectory root) throws IOException {
    LayerDirectory directory = root;
    try {
      int last = path.size() - 1;
      for (Name name : path.subList(0, last)) {
        if (stat(directory, name).filter(EntryStat::isDirectory).isEmpty()) {
          return false;
        }
        LayerDirectory inner = directory.open(name);
        LayerDirectory outer = directory;
        directory = inner;
        if (outer != root) {
          outer.close();
        }
      }
      Optional<EntryStat> stat = stat(directory, path.get(last));
      if (stat.filter(file -> file.type() == EntryType.FILE).isEmpty()) {
        return false;
      }
      hit.found(layer, directory, path.get(last), stat.get());
      return true;
    } finally {
      if (directory != root) {
        directory.close();
      }
    }
  }

  /** Goes down a path within one layer; what is left to go does not change with redirects. */
  private void path(int layer, LayerDirectory root, List<Name> names) throws IOException {
    LayerDirectory directory = root;
    try {
      int last = names.size() - 1;
      for (int index = 0; index < last; index++) {
        if (!isWay(directory, names.get(index), path.size() - (names.size() - index))) {
          return;
        }
        LayerDirectory inner = directory.open(names.get(index));
        LayerDirectory outer = directory;
        directory = inner;
        if (outer != root) {
          outer.close();
        }
      }
      single(layer, directory, names.get(last), path.size() - 1);
    } finally {
      if (directory != root) {
        directory.close();
      }
    }
  }

  /** Whether a search goes on in a directory that the layer has there. */
  private boolean isWay(LayerDirectory directory, Name name, int index) throws IOException {
    Optional<EntryStat> stat = stat(directory, name);
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
      redirect(directory, name, index);
    }
    return true;
  }

  /** To the kernel, a name that no file system takes is one that is not there. */
  private static Optional<EntryStat> stat(LayerDirectory directory, Name name) throws IOException {
    return name.length() > LONGEST ? Optional.empty() : directory.stat(name);
  }

  private void single(int layer, LayerDirectory directory, Name name, int index)
      throws IOException {
    Optional<EntryStat> stat = stat(directory, name);
    if (stat.isEmpty()) {
      return;
    }
    if (!stat.get().isDirectory()) {
      file(layer, directory, name, stat.get(), index);
      return;
    }
    if (found && !isDirectory) {
      // A directory below a metacopy file gives no data.
      stopped = true;
      return;
    }
    isDirectory = true;
    found = true;
    if (LayerEntries.isOpaque(directory, name, marks)) {
      stopped = true;
    } else {
      redirect(directory, name, index);
    }
    hit.found(layer, directory, name, stat.get());
  }

  private void file(int layer, LayerDirectory directory, Name name, EntryStat stat, int index)
      throws IOException {
    boolean noData = found && stat.type() != EntryType.FILE;
    if (isDirectory || noData || LayerEntries.isWhiteout(directory, name, stat, marks)) {
      stopped = true;
      return;
    }
    found = true;
    lacksData = directory.xattr(name, Mark.METACOPY.xattr(marks)).isPresent();
    if (lacksData) {
      redirect(directory, name, index);
    } else {
      stopped = true;
    }
    // Last, since it may be moved.
    hit.found(layer, directory, name, stat);
  }

  /** A redirect of what is at an index of the path says where the layers below have it. */
  private void redirect(LayerDirectory directory, Name name, int index) throws IOException {
    Optional<RedirectTarget> redirect = RedirectTarget.of(directory, name, marks);
    // The kernel remembers of the last entry only that it has asked for a redirect.
    leadsToData = redirect.filter(RedirectTarget::absolute).isPresent();
    if (redirect.isPresent()) {
      List<Name> changed = new ArrayList<>(redirect.get().names());
      if (!redirect.get().absolute()) {
        changed.addAll(0, path.subList(0, index));
      }
      changed.addAll(path.subList(index + 1, path.size()));
      if (redirect.get().absolute()) {
        absolute = true;
        // An opaque directory on the way here has no say any more.
        stopped = false;
      }
      path = changed;
    }
  }
}
