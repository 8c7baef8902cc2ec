package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Set;

/**
 * The file store of a view. Its space is that of the upper, or of the top-most lower if there is no
 * upper.
 */
final class UnionFileStore extends FileStore {
  private static final Set<Class<? extends FileAttributeView>> VIEWS =
      Set.of(
          BasicFileAttributeView.class,
          FileOwnerAttributeView.class,
          PosixFileAttributeView.class,
          UserDefinedFileAttributeView.class);

  private final UnionTree tree;

  UnionFileStore(UnionTree tree) {
    this.tree = tree;
  }

  private FileStore underlyingStore() throws IOException {
    tree.requireOpen();
    return Files.getFileStore(tree.unionLayers().spacePath());
  }

  @Override
  public String name() {
    return "overlay";
  }

  @Override
  public String type() {
    return "overlay";
  }

  @Override
  public boolean isReadOnly() {
    return tree.isReadOnly();
  }

  @Override
  public long getTotalSpace() throws IOException {
    return underlyingStore().getTotalSpace();
  }

  @Override
  public long getUsableSpace() throws IOException {
    return underlyingStore().getUsableSpace();
  }

  @Override
  public long getUnallocatedSpace() throws IOException {
    return underlyingStore().getUnallocatedSpace();
  }

  @Override
  public long getBlockSize() throws IOException {
    return underlyingStore().getBlockSize();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    return VIEWS.contains(type);
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return AttributeNames.VIEW_NAMES.contains(name);
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
    return null;
  }

  @Override
  public Object getAttribute(String attribute) throws IOException {
    return switch (attribute) {
      case "totalSpace" -> getTotalSpace();
      case "usableSpace" -> getUsableSpace();
      case "unallocatedSpace" -> getUnallocatedSpace();
      default -> throw new UnsupportedOperationException("'" + attribute + "' not recognized");
    };
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof UnionFileStore other && tree == other.tree;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(tree);
  }

  @Override
  public String toString() {
    return "overlay (" + tree.unionLayers().spacePath() + ")";
  }
}
