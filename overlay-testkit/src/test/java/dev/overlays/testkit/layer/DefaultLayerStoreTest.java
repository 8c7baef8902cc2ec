package dev.overlays.testkit.layer;

import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class DefaultLayerStoreTest extends LayerStoreContract {
  @TempDir Path directory;

  @Override
  protected LayerStore testedStore() {
    return new PortableLayerStore();
  }

  @Override
  protected Path newRoot() throws IOException {
    return Files.createTempDirectory(directory, "root");
  }

  @Override
  protected boolean mayBeChosen() {
    return Boolean.getBoolean(PortableLayerStore.DISKS_PROPERTY);
  }

  @Override
  protected boolean maySetOwners() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** JDK 17 sets the times of links to the microsecond, and no times before 1970. */
  @Override
  protected boolean keepsAllTimes() {
    return false;
  }

  /** The JDK names attributes in the encoding of the locale. */
  @Override
  protected boolean takesAnyXattrName() {
    return "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
  }

  @Override
  protected boolean keepsAnySymlinkTarget() {
    return false;
  }

  /** The JDK cannot set the attributes of chattr(1). */
  @Override
  protected boolean maySetProtection() {
    return false;
  }
}
