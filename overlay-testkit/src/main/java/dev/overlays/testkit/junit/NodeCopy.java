package dev.overlays.testkit.junit;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/**
 * Copies a named pipe, socket or device by making a new one. Copying its bytes would not work:
 * opening a pipe blocks until a writer opens it, and a device may have no end.
 */
final class NodeCopy {
  private NodeCopy() {}

  static void copyNode(Path node, Path target) throws IOException {
    try (LayerDirectory from = openLayer(node.getParent());
        LayerDirectory to = openLayer(target.getParent())) {
      Name name = Name.of(node.getFileName().toString());
      EntryStat stat = LayerEntries.requireStat(from, name);
      String kind = stat.type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      try {
        to.createNode(name, stat.type(), stat.deviceMajor(), stat.deviceMinor());
      } catch (AccessDeniedException e) {
        throw refusalOf(ProblemCode.PRIVILEGE_MISSING, node, kind, "this user may not make one");
      }
      requireNode(node, target, kind);
      AttributeCopy.copyAllowedAttributes(from, name, to, name, MarkNamespace.TRUSTED);
    }
  }

  private static LayerDirectory openLayer(Path directory) throws IOException {
    return LayerStore.of(directory).open(directory);
  }

  /**
   * Fails if the store has made a file: the portable store keeps nodes as files, which only it
   * recognizes.
   */
  private static void requireNode(Path node, Path target, String kind) throws IOException {
    BasicFileAttributes made =
        Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!made.isOther()) {
      throw refusalOf(
          ProblemCode.LAYER_STORE_MISSING, node, kind, "only overlay-linux can make one");
    }
  }

  private static OverlayException refusalOf(ProblemCode code, Path node, String kind, String why) {
    return new OverlayException(
        Problem.of(
            code,
            node,
            "The fixture holds a " + kind + ", which cannot be copied: " + why + ".",
            "Remove it from the fixture, or enable a backend: the log of dev.overlays.testkit"
                + " explains how."));
  }
}
