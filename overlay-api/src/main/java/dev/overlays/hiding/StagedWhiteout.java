package dev.overlays.hiding;

import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.List;

/**
 * Prepares in the work directory what hides a path: a whiteout, inside directories that are like
 * those of the lowers. Each step creates one directory, or the whiteout.
 */
final class StagedWhiteout implements TreeWalk.WalkStep {
  static final Name STAGED_NAME = Name.of("overlays-private");

  private final String path;
  private final List<Name> names;
  private final int index;
  private final LowerStack outerLowers;
  private final LayerDirectory target;
  private final MarkNamespace marks;
  private LayerDirectory made;
  private LowerStack lowers;

  private StagedWhiteout(
      String path,
      List<Name> names,
      int index,
      LowerStack around,
      LayerDirectory target,
      MarkNamespace marks) {
    this.path = path;
    this.names = names;
    this.index = index;
    this.outerLowers = around;
    this.target = target;
    this.marks = marks;
  }

  /**
   * Returns the first step. The first of the names, which the upper lacks, is created as {@link
   * #STAGED_NAME}.
   */
  static StagedWhiteout stageWhiteout(
      String path, List<Name> names, LowerStack lowers, LayerDirectory work, MarkNamespace marks) {
    return new StagedWhiteout(path, names, 0, lowers, work, marks);
  }

  @Override
  public TreeWalk.WalkStep nextStep() throws IOException {
    Name name = index == 0 ? STAGED_NAME : names.get(index);
    if (index == names.size() - 1) {
      target.createWhiteout(name);
      return null;
    }
    if (lowers == null) {
      target.createDirectory(name);
      made = target.open(name);
      lowers = outerLowers.openInner(names.get(index), path);
      return new StagedWhiteout(path, names, index + 1, lowers, made, marks);
    }
    AttributeCopy.copyAllowedAttributes(lowers.topDirectory(), Name.SELF, target, name, marks);
    return null;
  }

  @Override
  public void close() throws IOException {
    LayerDirectory openMade = made;
    LowerStack openLowers = lowers;
    try (openMade;
        openLowers) {
      // Only to close both, whatever one of them throws.
    }
  }
}
