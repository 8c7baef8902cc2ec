package dev.overlays.testkit.union;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Layers in memory and their union file system. */
final class UnionFixture implements Closeable {
  final FileSystem memory = InMemoryFileSystems.create();
  final List<Path> lowers = new ArrayList<>();
  final Path upper;
  final Path work;
  private MarkNamespace marks = MarkNamespace.TRUSTED;
  private UnionFileSystem union;

  UnionFixture(int lowerCount) throws IOException {
    for (int i = 0; i < lowerCount; i++) {
      lowers.add(Files.createDirectory(memory.getPath("/lower" + i)));
    }
    upper = Files.createDirectory(memory.getPath("/upper"));
    work = Files.createDirectory(memory.getPath("/works"));
  }

  Path topLower() {
    return lowers.get(0);
  }

  OverlaySpec.Builder specBuilder() {
    return OverlaySpec.builder().lowers(lowers).upper(upper).work(work);
  }

  UnionFileSystem open(UnaryOperator<OverlayOptions> options) throws IOException {
    return open(specBuilder().options(options).build());
  }

  UnionFileSystem open() throws IOException {
    return open(options -> options);
  }

  UnionFileSystem open(OverlaySpec spec) throws IOException {
    if (union != null) {
      union.close();
    }
    marks = MarkNamespace.of(spec.options());
    union = UnionFileSystems.open(spec);
    return union;
  }

  /** Returns what the layers show by {@link LayerView}. */
  List<String> expectedLines() throws IOException {
    return LayerView.of(new PortableLayerStore(), upper, lowers, marks).manifest();
  }

  /** Returns the content of the upper. */
  List<String> upperHolds() throws IOException {
    return LayerView.ofSingleLayer(new PortableLayerStore(), upper, marks).manifest();
  }

  @Override
  public void close() throws IOException {
    if (union != null) {
      union.close();
    }
    memory.close();
  }
}
