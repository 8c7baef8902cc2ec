package dev.overlays.testkit.layer;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes the changes of a view into an upper, in the form of the kernel. */
final class UpperWriter {
  private final Random random;
  private final RandomChanges changes;
  private final RandomEntries entries;
  private final RandomMarks marks;
  private final RandomPaths.LayerPaths paths;
  private final boolean xattrWhiteouts;

  /**
   * Creates a writer.
   *
   * @param xattrWhiteouts whether a whiteout may be an empty file with a mark
   */
  UpperWriter(
      Random random,
      RandomChanges changes,
      RandomEntries entries,
      RandomPaths.LayerPaths paths,
      boolean xattrWhiteouts) {
    this.random = random;
    this.changes = changes;
    this.entries = entries;
    marks = entries.marks();
    this.paths = paths;
    this.xattrWhiteouts = xattrWhiteouts;
  }

  /** Writes everything that has changed in a directory. */
  void write(LayerDirectory upper, ViewNode directory, List<Name> path) throws IOException {
    for (Map.Entry<Name, ViewNode> child : directory.children.entrySet()) {
      if (child.getValue().changed) {
        entry(upper, directory, RandomPaths.in(path, child.getKey()), child.getValue());
      }
    }
    if (directory.origin != null) {
      whiteouts(upper, directory);
    }
    if (random.nextInt(3) > 0) {
      marks.yes(upper, Name.SELF, Mark.IMPURE);
    }
  }

  private void whiteouts(LayerDirectory upper, ViewNode directory) throws IOException {
    boolean marked = xattrWhiteouts && !directory.opaque && random.nextInt(3) == 0;
    for (Name name : directory.below.stream().sorted(ViewNode.BY_BYTES).toList()) {
      if (!directory.children.containsKey(name)) {
        whiteout(upper, name, marked && random.nextInt(4) > 0);
      }
    }
    if (random.nextInt(8) == 0) {
      // Left over from when something below had the name.
      whiteout(upper, changes.fresh(directory), marked);
    }
    if (marked) {
      marks.set(upper, Name.SELF, Mark.OPAQUE, new byte[] {'x'});
    }
  }

  private void whiteout(LayerDirectory upper, Name name, boolean marked) throws IOException {
    if (marked) {
      upper.createFile(name).close();
      marks.set(upper, name, Mark.WHITEOUT, new byte[0]);
    } else {
      upper.createWhiteout(name);
    }
  }

  private void entry(LayerDirectory upper, ViewNode parent, List<Name> path, ViewNode node)
      throws IOException {
    Name name = RandomEntries.last(path);
    paths.add(path, node.kind);
    if (node.isDirectory()) {
      upper.createDirectory(name);
      try (LayerDirectory inner = upper.open(name)) {
        write(inner, node, path);
      }
      directoryMarks(upper, parent, name, node);
    } else if (node.written != null) {
      entries.link(node.written, upper, name);
      return;
    } else if (node.metacopy) {
      entries.metacopy(upper, name, node.size);
      redirect(upper, parent, name, node);
    } else {
      entries.make(upper, path, node.kind);
    }
    node.written = path;
    if (node.origin != null) {
      marks.origin(upper, name, node.kind);
    }
    if (node.isDirectory() || node.metacopy) {
      entries.attributes(upper, name, node.kind);
    }
    if (entries.formats()) {
      marks.protection(upper, name, node.kind);
    }
  }

  private void directoryMarks(LayerDirectory upper, ViewNode parent, Name name, ViewNode node)
      throws IOException {
    if (node.origin != null) {
      redirect(upper, parent, name, node);
    }
    boolean byHand = !parent.below.contains(name) && random.nextInt(4) == 0;
    boolean added = node.origin == null && parent.isMerged() && !byHand;
    if (node.opaque || added) {
      marks.yes(upper, name, Mark.OPAQUE);
    }
  }

  /** Sets a redirect if the entry is elsewhere in the layers below; sometimes even if it is not. */
  private void redirect(LayerDirectory upper, ViewNode parent, Name name, ViewNode node)
      throws IOException {
    boolean linked = !node.isDirectory() && node.links > 1;
    // An entry that is renamed and renamed back keeps its mark.
    if (node.isBelow(parent, name) && !linked && (!entries.formats() || random.nextInt(4) > 0)) {
      return;
    }
    ByteArrayOutputStream redirect = new ByteArrayOutputStream();
    if (node.isSiblingBelow(parent) && !linked && random.nextInt(4) > 0) {
      redirect.writeBytes(RandomEntries.last(node.origin).toBytes());
    } else {
      for (Name step : node.origin) {
        redirect.write('/');
        redirect.writeBytes(step.toBytes());
      }
    }
    marks.set(upper, name, Mark.REDIRECT, redirect.toByteArray());
  }
}
