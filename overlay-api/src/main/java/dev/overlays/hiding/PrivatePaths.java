package dev.overlays.hiding;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hides from an instance what the lowers hold at its private paths. A backend calls this before it
 * mounts a spec, while nothing uses the upper.
 *
 * <p>Missing directories and the whiteout in them are prepared in the work directory and moved into
 * the upper by one rename, so that after a crash the upper holds either all of them or none.
 */
public final class PrivatePaths {
  private final LayerDirectory work;
  private final MarkNamespace marks;
  private final HidingRecord hidden;

  private PrivatePaths(LayerDirectory work, MarkNamespace marks, HidingRecord hidden) {
    this.work = work;
    this.marks = marks;
    this.hidden = hidden;
  }

  /**
   * Puts a whiteout into the upper for each private path that a lower holds, or marks the directory
   * opaque if the upper has one there. Nothing is done where the upper already hides the lowers, so
   * this may be called before every mount.
   *
   * @param spec whose private paths are hidden
   * @param store what opens its layers
   * @return what was put into the upper; call {@link HidingRecord#undo} if the mount fails
   * @throws OverlayException if the way to a private path leads through a symbolic link or a
   *     redirect, so that no mark in the upper can hide it
   * @throws IOException if a layer cannot be read or the upper not written
   */
  public static HidingRecord hide(OverlaySpec spec, LayerStore store) throws IOException {
    HidingRecord hidden = new HidingRecord();
    if (spec.privatePaths().isEmpty()) {
      return hidden;
    }
    MarkNamespace marks = MarkNamespace.of(spec.options());
    try (LayerDirectory upper = store.open(spec.upper().orElseThrow());
        LayerDirectory work = store.open(spec.work().orElseThrow());
        LowerStack lowers = LowerStack.openLowers(spec, store, marks)) {
      PrivatePaths paths = new PrivatePaths(work, marks, hidden);
      LayerEntries.removeTree(work, StagedWhiteout.STAGED_NAME);
      for (String path : spec.privatePaths()) {
        List<Name> names = new ArrayList<>();
        for (String name : path.split("/", -1)) {
          names.add(Name.of(name));
        }
        if (lowers.showsPath(names, path)) {
          TreeWalk.run(paths.new PathHiding(names, 0, upper, lowers, path));
        }
      }
      return hidden;
    } catch (IOException | RuntimeException | Error e) {
      try {
        hidden.undo(spec, store);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /** Hides one path that the lowers show; each step handles one directory of it. */
  private final class PathHiding implements TreeWalk.WalkStep {
    private final List<Name> names;
    private final int index;
    private final LayerDirectory upper;
    private final LowerStack lowers;
    private final String path;
    private boolean begun;

    /** The step closes both directories unless they are the start of the path. */
    PathHiding(List<Name> names, int index, LayerDirectory upper, LowerStack lowers, String path) {
      this.names = names;
      this.index = index;
      this.upper = upper;
      this.lowers = lowers;
      this.path = path;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (begun) {
        return null;
      }
      begun = true;
      Name name = names.get(index);
      Optional<EntryStat> own = upper.stat(name);
      if (own.isEmpty()) {
        putWhiteout(names.subList(index, names.size()), upper, lowers, path);
      } else if (own.get().isDirectory() && !LayerEntries.isOpaque(upper, name, marks)) {
        if (index < names.size() - 1) {
          return descendInto(name);
        }
        if (lowers.statShown(name).filter(EntryStat::isDirectory).isPresent()) {
          upper.setXattr(name, Mark.OPAQUE.xattr(marks), new byte[] {'y'});
          hidden.addMarked(path);
        }
      }
      return null;
    }

    private TreeWalk.WalkStep descendInto(Name name) throws IOException {
      lowers.refuseRedirect(upper, name, path);
      LayerDirectory directory = upper.open(name);
      try {
        return new PathHiding(names, index + 1, directory, lowers.openInner(name, path), path);
      } catch (IOException | RuntimeException | Error e) {
        directory.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      if (index > 0) {
        try (upper;
            lowers) {
          // Only to close both, whatever one of them throws.
        }
      }
    }
  }

  /** Creates the whiteout and the directories that lead to it, and moves them into the upper. */
  private void putWhiteout(List<Name> names, LayerDirectory upper, LowerStack lowers, String path)
      throws IOException {
    EntryStat before = LayerEntries.requireStat(upper, Name.SELF);
    try {
      TreeWalk.run(StagedWhiteout.stageWhiteout(path, names, lowers, work, marks));
      work.rename(StagedWhiteout.STAGED_NAME, upper, names.get(0));
      hidden.addMade(path, names.size());
    } finally {
      LayerEntries.removeTree(work, StagedWhiteout.STAGED_NAME);
    }
    upper.setTimes(Name.SELF, before.accessed(), before.modified());
  }
}
