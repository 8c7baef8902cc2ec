package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** A file store whose free space is limited by {@link OperationFaults}. */
final class FaultyFileStore extends FileStore {
  private final FileStore inner;
  private final OperationFaults faults;

  FaultyFileStore(FileStore inner, OperationFaults faults) {
    this.inner = inner;
    this.faults = faults;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public String type() {
    return inner.type();
  }

  @Override
  public boolean isReadOnly() {
    return inner.isReadOnly();
  }

  @Override
  public long getTotalSpace() throws IOException {
    return inner.getTotalSpace();
  }

  @Override
  public long getUsableSpace() throws IOException {
    return Math.min(inner.getUsableSpace(), faults.freeSpace());
  }

  @Override
  public long getUnallocatedSpace() throws IOException {
    return Math.min(inner.getUnallocatedSpace(), faults.freeSpace());
  }

  @Override
  public long getBlockSize() throws IOException {
    return inner.getBlockSize();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    return inner.supportsFileAttributeView(type);
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return inner.supportsFileAttributeView(name);
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
    return inner.getFileStoreAttributeView(type);
  }

  @Override
  public Object getAttribute(String attribute) throws IOException {
    return switch (attribute) {
      case "usableSpace" -> getUsableSpace();
      case "unallocatedSpace" -> getUnallocatedSpace();
      default -> inner.getAttribute(attribute);
    };
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof FaultyFileStore other && inner.equals(other.inner);
  }

  @Override
  public int hashCode() {
    return inner.hashCode();
  }

  @Override
  public String toString() {
    return inner.toString();
  }
}
