package dev.overlays.testkit.layer;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;

class JimfsLayerStoreTest extends LayerStoreContract {
  private final FileSystem fileSystem = newFileSystem();
  private int roots;

  FileSystem newFileSystem() {
    return newJimfs("basic", "posix", "unix", "user");
  }

  static FileSystem newJimfs(String first, String... views) {
    return Jimfs.newFileSystem(
        Configuration.unix().toBuilder().setAttributeViews(first, views).build());
  }

  @Override
  protected LayerStore testedStore() {
    return new PortableLayerStore();
  }

  @Override
  protected Path newRoot() throws IOException {
    return Files.createDirectory(fileSystem.getPath("/root" + roots++));
  }

  @Override
  protected boolean linksSymlinks() {
    return false;
  }
}
