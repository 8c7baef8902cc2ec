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
  private final PrivatePathCandidates.LayerPaths paths;
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
      PrivatePathCandidates.LayerPaths paths,
      boolean xattrWhiteouts) {
    this.random = random;
    this.changes = changes;
    this.entries = entries;
    marks = entries.randomMarks();
    this.paths = paths;
    this.xattrWhiteouts = xattrWhiteouts;
  }

  /** Writes everything that has changed in a directory. */
  void writeDirectory(LayerDirectory upper, ViewNode directory, List<Name> path)
      throws IOException {
    for (Map.Entry<Name, ViewNode> child : directory.children.entrySet()) {
      if (child.getValue().isInUpper) {
        writeEntry(
            upper,
            directory,
            PrivatePathCandidates.appendName(path, child.getKey()),
            child.getValue());
      }
    }
    if (directory.lowerPath != null) {
      writeWhiteouts(upper, directory);
    }
    if (random.nextInt(3) > 0) {
      marks.setFlag(upper, Name.SELF, Mark.IMPURE);
    }
  }

  private void writeWhiteouts(LayerDirectory upper, ViewNode directory) throws IOException {
    boolean marked = xattrWhiteouts && !directory.isOpaque && random.nextInt(3) == 0;
    for (Name name : directory.lowerNames.stream().sorted(ViewNode.BY_BYTES).toList()) {
      if (!directory.children.containsKey(name)) {
        writeWhiteout(upper, name, marked && random.nextInt(4) > 0);
      }
    }
    if (random.nextInt(8) == 0) {
      // Left over from when something below had the name.
      writeWhiteout(upper, changes.newName(directory), marked);
    }
    if (marked) {
      marks.setMark(upper, Name.SELF, Mark.OPAQUE, new byte[] {'x'});
    }
  }

  private void writeWhiteout(LayerDirectory upper, Name name, boolean marked) throws IOException {
    if (marked) {
      upper.createFile(name).close();
      marks.setMark(upper, name, Mark.WHITEOUT, new byte[0]);
    } else {
      upper.createWhiteout(name);
    }
  }

  private void writeEntry(LayerDirectory upper, ViewNode parent, List<Name> path, ViewNode node)
      throws IOException {
    Name name = RandomEntries.lastName(path);
    paths.addPath(path, node.kind);
    if (node.isDirectory()) {
      upper.createDirectory(name);
      try (LayerDirectory inner = upper.open(name)) {
        writeDirectory(inner, node, path);
      }
      writeDirectoryMarks(upper, parent, name, node);
    } else if (node.writtenPath != null) {
      entries.linkFile(node.writtenPath, upper, name);
      return;
    } else if (node.isMetacopy) {
      entries.makeMetacopy(upper, name, node.size);
      writeRedirect(upper, parent, name, node);
    } else {
      entries.makeEntry(upper, path, node.kind);
    }
    node.writtenPath = path;
    if (node.lowerPath != null) {
      marks.setOrigin(upper, name, node.kind);
    }
    if (node.isDirectory() || node.isMetacopy) {
      entries.setAttributes(upper, name, node.kind);
    }
    if (entries.hasEveryFormat()) {
      marks.sometimesSetProtection(upper, name, node.kind);
    }
  }

  private void writeDirectoryMarks(LayerDirectory upper, ViewNode parent, Name name, ViewNode node)
      throws IOException {
    if (node.lowerPath != null) {
      writeRedirect(upper, parent, name, node);
    }
    boolean byHand = !parent.lowerNames.contains(name) && random.nextInt(4) == 0;
    boolean added = node.lowerPath == null && parent.isMerged() && !byHand;
    if (node.isOpaque || added) {
      marks.setFlag(upper, name, Mark.OPAQUE);
    }
  }

  /** Sets a redirect if the entry is elsewhere in the layers below; sometimes even if it is not. */
  private void writeRedirect(LayerDirectory upper, ViewNode parent, Name name, ViewNode node)
      throws IOException {
    boolean linked = !node.isDirectory() && node.linkCount > 1;
    // An entry that is renamed and renamed back keeps its mark.
    if (node.hasOriginAt(parent, name)
        && !linked
        && (!entries.hasEveryFormat() || random.nextInt(4) > 0)) {
      return;
    }
    ByteArrayOutputStream redirect = new ByteArrayOutputStream();
    if (node.hasOriginIn(parent) && !linked && random.nextInt(4) > 0) {
      redirect.writeBytes(RandomEntries.lastName(node.lowerPath).toBytes());
    } else {
      for (Name step : node.lowerPath) {
        redirect.write('/');
        redirect.writeBytes(step.toBytes());
      }
    }
    marks.setMark(upper, name, Mark.REDIRECT, redirect.toByteArray());
  }
}
